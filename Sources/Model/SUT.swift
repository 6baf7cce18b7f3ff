/// The system under test.
public struct SUT: Hashable, Sendable, Codable {
  /// The pod's name.
  public var name: String?
  /// Who installed it: `apex`, `fuel` …
  public var installer: String?
  /// What was installed: `os-nosdn-nofeature-ha` …
  public var scenario: String?
  /// Which version of it.
  public var version: String?
  /// Variables that every case finds in its environment.
  public var environment: [String: String]
  /// Names of variables whose values must never be shown.
  public var secrets: [String]

  /// Makes a SUT.
  public init(
    name: String? = nil, installer: String? = nil, scenario: String? = nil, version: String? = nil,
    environment: [String: String] = [:], secrets: [String] = []
  ) {
    self.name = name
    self.installer = installer
    self.scenario = scenario
    self.version = version
    self.environment = environment
    self.secrets = secrets
  }

  /// The values behind ``secrets``; the empty ones are no secrets.
  public var secretValues: [String] { secrets.compactMap { environment[$0] }.filter { !$0.isEmpty } }
}
