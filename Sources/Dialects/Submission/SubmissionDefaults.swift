/// What Xtesting takes where the environment says nothing. Contract: the Test API, "push_to_db exactly".
public enum SubmissionDefaults {
  /// `INSTALLER_TYPE`.
  public static let installer = "unknown"
  /// `DEPLOY_SCENARIO`.
  public static let scenario = "os-nosdn-nofeature-noha"
  /// `CI_LOOP`.
  public static let loop = "daily"
}
