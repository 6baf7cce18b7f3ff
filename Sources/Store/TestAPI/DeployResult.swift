/// A result of a deployment on a pod.
public struct DeployResult: Hashable, Sendable {
  /// The id.
  public var id: ObjectID
  /// What was reported.
  public var report: Report

  /// A build id as it was sent, with the whole number behind it.
  public struct Build: Hashable, Sendable {
    /// As it was sent.
    public var id: StoredValue
    /// The number that it is or says; nil: none.
    public var number: Int?

    /// Makes a build id.
    public init(id: StoredValue = .null, number: Int? = nil) {
      self.id = id
      self.number = number
    }
  }

  /// What was reported.
  public struct Report: Hashable, Sendable {
    /// The pod's name.
    public var pod: String
    /// What deployed it.
    public var installer: StoredValue
    /// Which scenario was deployed.
    public var scenario: StoredValue
    /// Which version was deployed.
    public var version: StoredValue
    /// Whether it worked.
    public var criteria: StoredValue
    /// The job that deployed.
    public var jobName: StoredValue
    /// Its build.
    public var build: Build
    /// The job that started that job.
    public var upstreamJobName: StoredValue
    /// Its build.
    public var upstreamBuild: Build
    /// When it started, as it was sent.
    public var startDate: StoredValue
    /// When it stopped, as it was sent.
    public var stopDate: StoredValue
    /// Anything, as JSON text.
    public var details: String

    /// Makes a report.
    public init(
      pod: String, installer: StoredValue, scenario: StoredValue, version: StoredValue = .null,
      criteria: StoredValue = .null, jobName: StoredValue = .null, build: Build = Build(),
      upstreamJobName: StoredValue = .null, upstreamBuild: Build = Build(), startDate: StoredValue = .null,
      stopDate: StoredValue = .null, details: String = "null"
    ) {
      self.pod = pod
      self.installer = installer
      self.scenario = scenario
      self.version = version
      self.criteria = criteria
      self.jobName = jobName
      self.build = build
      self.upstreamJobName = upstreamJobName
      self.upstreamBuild = upstreamBuild
      self.startDate = startDate
      self.stopDate = stopDate
      self.details = details
    }
  }
}
