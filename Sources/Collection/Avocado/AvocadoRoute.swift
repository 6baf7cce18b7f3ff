import Dialects
import Store

/// What the paths of Avocado Server name, without the slash at their end.
enum AvocadoRoute: Hashable {
  /// The lists whose rows are a few texts.
  enum Listed: String {
    case softwarecomponentkinds, softwarecomponentarches, softwarecomponents, linuxdistros, testenvironments
  }
  /// Lists that stand in a job, or in a test of one.
  enum Inner: Hashable { case jobActivities, tests, testActivities(String), testData(String) }

  case root, version
  case jobStatuses, testStatuses
  case jobStatus(String), testStatus(String)
  case list(Listed), row(Listed, String)
  case jobs, job(String), jobSummary
  case passRate(String), testCount(String), testSummary(String)
  case addActivity(String), addTestActivity(String)
  case inner(String, Inner), innerRow(String, Inner, String)

  init?(_ path: [String]) {
    let rest = Array(path.dropFirst())
    switch (path.first, rest.count) {
    case (nil, _): self = .root
    case ("version", 0): self = .version
    case ("jobstatuses", 0): self = .jobStatuses
    case ("jobstatuses", 1): self = .jobStatus(rest[0])
    case ("teststatuses", 0): self = .testStatuses
    case ("teststatuses", 1): self = .testStatus(rest[0])
    case ("jobs", 0): self = .jobs
    case ("jobs", 1): self = rest[0] == "summary" ? .jobSummary : .job(rest[0])
    case ("jobs", _):
      guard let route = Self.inJob(rest[0], Array(rest.dropFirst())) else { return nil }
      self = route
    case (let name?, 0...1):
      guard let list = Listed(rawValue: name) else { return nil }
      self = rest.first.map { .row(list, $0) } ?? .list(list)
    default: return nil
    }
    if path.contains("") { return nil }
  }

  private static func inJob(_ job: String, _ path: [String]) -> AvocadoRoute? {
    switch (path[0], path.count) {
    case ("passrate", 1): .passRate(job)
    case ("testcount", 1): .testCount(job)
    case ("activity", 1): .addActivity(job)
    case ("test_activity", 1): .addTestActivity(job)
    case ("activities", 1): .inner(job, .jobActivities)
    case ("activities", 2): .innerRow(job, .jobActivities, path[1])
    case ("tests", 1): .inner(job, .tests)
    case ("tests", 2): path[1] == "summary" ? .testSummary(job) : .innerRow(job, .tests, path[1])
    case ("tests", 3...4):
      switch path[2] {
      case "activities": row(job, .testActivities(path[1]), path.dropFirst(3).first)
      case "data": row(job, .testData(path[1]), path.dropFirst(3).first)
      default: nil
      }
    default: nil
    }
  }

  private static func row(_ job: String, _ list: Inner, _ row: String?) -> AvocadoRoute {
    row.map { .innerRow(job, list, $0) } ?? .inner(job, list)
  }

  /// Whether nobody may write here.
  var isReadOnly: Bool {
    switch self {
    case .version, .jobStatuses, .testStatuses, .jobStatus, .testStatus: true
    default: false
    }
  }

  /// Whether it names a row that must be there.
  var namesRow: Bool {
    switch self {
    case .row, .job, .inner, .innerRow: true
    default: false
    }
  }

  /// The verbs it understands, in the order of `Allow`.
  var verbs: [String] {
    switch self {
    case .root, .version, .jobStatuses, .testStatuses, .jobStatus, .testStatus, .jobSummary, .passRate, .testCount,
      .testSummary:
      ["GET", "HEAD", "OPTIONS"]
    case .list, .jobs, .inner: ["GET", "POST", "HEAD", "OPTIONS"]
    case .row, .job, .innerRow: ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    case .addActivity, .addTestActivity: ["POST", "OPTIONS"]
    }
  }

  /// What OPTIONS tells.
  var metadata: [UInt8] {
    switch self {
    case .root: Avocado.metadata("Api Root", writing: nil, [])
    case .version: Avocado.metadata("Version", writing: nil, [])
    case .jobStatuses: Avocado.metadata("Job Status List", writing: nil, [])
    case .jobStatus: Avocado.metadata("Job Status Instance", writing: nil, [])
    case .testStatuses: Avocado.metadata("Test Status List", writing: nil, [])
    case .testStatus: Avocado.metadata("Test Status Instance", writing: nil, [])
    case .list(let list): Avocado.metadata(list.title + " List", writing: "POST", list.facts)
    case .row(let list, _): Avocado.metadata(list.title + " Instance", writing: "PUT", list.facts)
    case .jobs: Avocado.metadata("Job List", writing: "POST", Avocado.Fields.job)
    case .job: Avocado.metadata("Job Instance", writing: "PUT", Avocado.Fields.job)
    case .jobSummary, .passRate, .testCount: Avocado.metadata("Job", writing: nil, [])
    case .testSummary: Avocado.metadata("Test", writing: nil, [])
    case .addActivity: Avocado.metadata("Job", writing: "POST", Avocado.Fields.jobActivity)
    case .addTestActivity: Avocado.metadata("Job", writing: "POST", Avocado.Fields.testActivity)
    case .inner(_, let list): Avocado.metadata(list.title + " List", writing: "POST", list.facts)
    case .innerRow(_, let list, _): Avocado.metadata(list.title + " Instance", writing: "PUT", list.facts)
    }
  }
}

extension AvocadoRoute.Listed {
  fileprivate var title: String {
    switch self {
    case .softwarecomponentkinds: "Software Component Kind"
    case .softwarecomponentarches: "Software Component Arch"
    case .softwarecomponents: "Software Component"
    case .linuxdistros: "Linux Distro"
    case .testenvironments: "Test Environment"
    }
  }

  fileprivate var facts: [Avocado.FieldFacts] {
    switch self {
    case .softwarecomponentkinds, .softwarecomponentarches: Avocado.Fields.componentName
    case .softwarecomponents: Avocado.Fields.component
    case .linuxdistros: Avocado.Fields.distro
    case .testenvironments: Avocado.Fields.environment
    }
  }
}

extension AvocadoRoute.Inner {
  fileprivate var title: String {
    switch self {
    case .jobActivities: "Job Activity"
    case .tests: "Test"
    case .testActivities: "Test Activity"
    case .testData: "Test Data"
    }
  }

  fileprivate var facts: [Avocado.FieldFacts] {
    switch self {
    case .jobActivities: Avocado.Fields.jobActivity
    case .tests: Avocado.Fields.test
    case .testActivities: Avocado.Fields.testActivity
    case .testData: Avocado.Fields.testData
    }
  }
}
