extension Paddles {
  /// What a job is doing, or came to.
  public enum JobStatus: String, CaseIterable, Hashable, Sendable {
    case queued, pass, running, waiting, fail, dead, unknown
  }

  /// How many jobs of a run have which status.
  public struct RunCounts: Hashable, Sendable {
    /// The numbers, in the order of the statuses.
    public private(set) var numbers: [Int]

    /// No jobs.
    public init() { numbers = JobStatus.allCases.map { _ in 0 } }

    /// The numbers in the order of the statuses; what is missing is 0.
    public init(numbers: [Int]) {
      self.init()
      for (index, number) in numbers.enumerated().prefix(self.numbers.count) { self.numbers[index] = number }
    }

    /// How many have that status.
    public subscript(_ status: JobStatus) -> Int {
      get { numbers[Self.index(status)] }
      set { numbers[Self.index(status)] = newValue }
    }

    /// All jobs.
    public var total: Int { numbers.reduce(0, +) }

    /// What is said of the run as a whole: the first of the contract's rules that holds.
    public var status: String {
      let total = total
      if total == 0 { return "empty" }
      if self[.queued] == total { return "queued" }
      if self[.running] > 0 { return "running" }
      if self[.waiting] > 0 { return "waiting" }
      if self[.dead] == total { return "finished dead" }
      if self[.fail] > 0 || self[.dead] > 0 { return "finished fail" }
      if self[.pass] == total { return "finished pass" }
      return self[.queued] > 0 ? "queued" : "unknown"
    }

    private static func index(_ status: JobStatus) -> Int {
      switch status {
      case .queued: 0
      case .pass: 1
      case .running: 2
      case .waiting: 3
      case .fail: 4
      case .dead: 5
      case .unknown: 6
      }
    }
  }
}
