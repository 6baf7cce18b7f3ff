import Model

/// One result as Xtesting's `push_to_db` sends it: exactly these eleven keys. Contract: the Test API, "push_to_db
/// exactly". A case's project, a pass or fail, and the id of the attempt in `details.sortie_id`, by which a client can
/// ask whether a result arrived.
public struct ResultSubmission: Hashable, Sendable {
  /// What all results of a run have in common.
  public struct Context: Hashable, Sendable {
    /// `NODE_NAME`, else the SUT's name.
    public var pod: String
    /// `INSTALLER_TYPE`; nil: ``SubmissionDefaults/installer``.
    public var installer: String?
    /// `DEPLOY_SCENARIO`; nil: ``SubmissionDefaults/scenario``.
    public var scenario: String?
    /// `BUILD_TAG`; nil is sent as null.
    public var buildTag: String?

    /// Makes a context.
    public init(pod: String, installer: String? = nil, scenario: String? = nil, buildTag: String? = nil) {
      self.pod = pod
      self.installer = installer
      self.scenario = scenario
      self.buildTag = buildTag
    }

    /// The context that a run wrote down when it started; nil if it has no pod.
    public init?(_ run: Activity.RunStarted) {
      guard let pod = run.pod else { return nil }
      self.init(pod: pod, installer: run.installer, scenario: run.scenario, buildTag: run.buildTag)
    }
  }

  /// The eleven members.
  public var members: [String: JSONValue]

  /// Makes the result of an attempt; nil unless it passed or failed, because a Test API knows nothing else.
  /// `utcOffset` gives the local time zone's offset in seconds east of UTC at a time: clients send local times.
  public init?(
    of definition: CaseDefinition, outcome: Outcome, attempt: AttemptID, node: String?, context: Context,
    utcOffset: (Timestamp) -> Int
  ) {
    guard outcome.verdict == .pass || outcome.verdict == .fail else { return nil }
    func local(_ time: Timestamp) -> JSONValue {
      .string(time.advanced(bySeconds: Double(utcOffset(time))).spaced)
    }
    members = [
      "project_name": .string(definition.project),
      "case_name": .string(definition.name),
      "details": Self.details(of: outcome, attempt: attempt, node: node),
      "installer": .string(context.installer ?? SubmissionDefaults.installer),
      "scenario": .string(context.scenario ?? SubmissionDefaults.scenario),
      "pod_name": .string(context.pod),
      "build_tag": context.buildTag.map(JSONValue.string) ?? .null,
      "criteria": outcome.verdict == .pass ? "PASS" : "FAIL",
      "start_date": local(outcome.started),
      "stop_date": local(outcome.stopped),
      "version": .string(BuildTag.version(of: context.buildTag)),
    ]
  }

  /// The request body: JSON with sorted keys, in ASCII.
  public var body: [UInt8] { SortedJSON.bytes(of: .object(members)) }

  /// The driver's details with the attempt's id in them; what is no object goes as it is.
  private static func details(of outcome: Outcome, attempt: AttemptID, node: String?) -> JSONValue {
    switch outcome.details {
    case nil, .null?:
      var members: [String: JSONValue] = ["sortie_id": .string(attempt.rawValue)]
      if let node { members["node"] = .string(node) }
      return .object(members)
    case .object(var members)?:
      members["sortie_id"] = .string(attempt.rawValue)
      return .object(members)
    case .some(let other): return other
    }
  }
}
