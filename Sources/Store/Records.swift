import Model

/// A pod: a system under test that results name.
public struct Pod: Hashable, Sendable {
  /// The id.
  public var id: ObjectID
  /// When it was added.
  public var created: Timestamp
  /// Who added it.
  public var creator: String
  /// What it says about itself.
  public var facts: Facts

  /// What a pod says about itself.
  public struct Facts: Hashable, Sendable {
    /// The name, unique.
    public var name: String
    /// Metal or virtual.
    public var mode: StoredValue
    /// What kind of lab it stands in.
    public var role: StoredValue
    /// Anything.
    public var details: StoredValue

    /// Makes the facts.
    public init(name: String, mode: StoredValue, role: StoredValue, details: StoredValue) {
      self.name = name
      self.mode = mode
      self.role = role
      self.details = details
    }
  }
}

/// A project: what cases belong to.
public struct Project: Hashable, Sendable {
  /// The id.
  public var id: ObjectID
  /// When it was added.
  public var created: Timestamp
  /// Who added it.
  public var creator: String
  /// The name, unique.
  public var name: String
  /// What it is about.
  public var description: StoredValue
}

/// A case of a project.
public struct TestCase: Hashable, Sendable {
  /// What a case may say about itself; each is a column of that name.
  public enum Attribute: String, CaseIterable, Sendable {
    case url, description, tier, criteria, blocking, dependencies, run, domains, tags, version, trust
    case catalogDescription = "catalog_description"
    case loop = "ci_loop"
  }

  /// The id.
  public var id: ObjectID
  /// When it was added.
  public var created: Timestamp
  /// The project's name.
  public var project: String
  /// The name, unique in the project.
  public var name: String
  /// What it says about itself; what is missing is null.
  public var attributes: [Attribute: StoredValue]
}

/// A result of a case on a pod.
public struct CaseResult: Hashable, Sendable {
  /// The id.
  public var id: ObjectID
  /// When it arrived. Of results that are older than this column the second that stands in the key.
  public var created: Timestamp
  /// What was reported.
  public var report: Report

  /// What was reported.
  public struct Report: Hashable, Sendable {
    /// The pod's name.
    public var pod: String
    /// The project's name.
    public var project: String
    /// The case's name.
    public var testCase: String
    /// Who installed the pod.
    public var installer: StoredValue
    /// Which version was tested.
    public var version: StoredValue
    /// Which scenario was deployed.
    public var scenario: StoredValue
    /// Whether it passed.
    public var criteria: StoredValue
    /// Which build it belongs to.
    public var buildTag: StoredValue
    /// When it started, as it was sent.
    public var startDate: StoredValue
    /// When it stopped, as it was sent.
    public var stopDate: StoredValue
    /// Anything, as JSON text.
    public var details: String
    /// What clients of 2015 and early 2016 say in words.
    public var description: StoredValue
    /// How far it is trusted, as it was sent; null: nobody said.
    public var trustIndicator: StoredValue
    /// The current trust, for filters; written, never read.
    public var trustLevel: Double?

    /// Makes a report.
    public init(
      pod: String, project: String, testCase: String, installer: StoredValue = .null, version: StoredValue = .null,
      scenario: StoredValue = .null, criteria: StoredValue = .null, buildTag: StoredValue = .null,
      startDate: StoredValue = .null, stopDate: StoredValue = .null, details: String = "null",
      description: StoredValue = .null,
      trustIndicator: StoredValue = .null, trustLevel: Double? = nil
    ) {
      self.pod = pod
      self.project = project
      self.testCase = testCase
      self.installer = installer
      self.version = version
      self.scenario = scenario
      self.criteria = criteria
      self.buildTag = buildTag
      self.startDate = startDate
      self.stopDate = stopDate
      self.details = details
      self.description = description
      self.trustIndicator = trustIndicator
      self.trustLevel = trustLevel
    }
  }
}
