extension Avocado {
  /// A status that the original ships as a row and lets nobody change; its number is the row's.
  public protocol Status: Record, CaseIterable, RawRepresentable, Hashable where RawValue == Int {
    /// What clients write.
    var name: String { get }
    /// What it means; empty if the original says nothing.
    var description: String { get }
  }

  /// The statuses of jobs, in the order of the original's fixture.
  public enum JobStatus: Int, Status {
    case testNA = 1
    case abort, error, fail, warn, pass, start, alert, running, noStatus

    /// What clients write.
    public var name: String {
      ["TEST_NA", "ABORT", "ERROR", "FAIL", "WARN", "PASS", "START", "ALERT", "RUNNING", "NOSTATUS"][rawValue - 1]
    }

    /// What it means, as the fixture spells it.
    public var description: String {
      switch self {
      case .abort: "Job was removed from queue before completion"
      case .pass: "Job finished running successfull"
      case .start: "Job just started running"
      case .running: "Job is currently being executed"
      case .noStatus: "Job has no recognizable status"
      case .testNA, .error, .fail, .warn, .alert: ""
      }
    }
  }

  /// The statuses of tests, in the order of the original's fixture.
  public enum TestStatus: Int, Status {
    case pass = 1
    case error, fail, testNA, warn

    /// What clients write.
    public var name: String { ["PASS", "ERROR", "FAIL", "TEST_NA", "WARN"][rawValue - 1] }

    /// What it means.
    public var description: String {
      switch self {
      case .pass: "Test succeeded"
      case .error: "Test had an error"
      case .fail: "Test failed"
      case .testNA: "Test was skipped"
      case .warn: "Test generated warnings"
      }
    }

    /// The status that stands for a word of today's Avocado, which the original does not know; nil: none does.
    public init?(today word: String) {
      switch word {
      case "SKIP", "CANCEL": self = .testNA
      case "INTERRUPTED": self = .error
      default:
        guard let status = Self(named: word) else { return nil }
        self = status
      }
    }
  }
}

extension Avocado.Status {
  /// The status of that name; names are case-sensitive.
  public init?(named name: String) {
    guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = status
  }

  /// `{"name":"PASS","description":"Test succeeded"}`.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "name", first: true)
    writer.append(string: name)
    writer.append(key: "description")
    writer.append(string: description)
    writer.append(json: "}")
  }
}
