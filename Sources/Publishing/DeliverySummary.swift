import Model

/// An entry that reached its end: the server has it, or does not want it.
public struct Delivery: Hashable, Sendable {
  /// How it ended.
  public enum End: Hashable, Sendable {
    /// The server has it; the link leads there.
    case delivered(link: String)
    /// The server does not want it, and says why; it is kept aside.
    case refused(reason: String)
  }

  /// The attempt whose result it is.
  public var attempt: AttemptID
  /// The run it comes from, which need not be the one that delivers.
  public var run: RunID
  /// The case.
  public var caseID: CaseID
  /// The server, without credentials.
  public var server: String
  /// How it ended.
  public var end: End

  /// Makes a delivery.
  public init(attempt: AttemptID, run: RunID, caseID: CaseID, server: String, end: End) {
    self.attempt = attempt
    self.run = run
    self.caseID = caseID
    self.server = server
    self.end = end
  }

  /// The activity for the run's journal.
  public var activity: Activity.Published {
    switch end {
    case .delivered(let link): Activity.Published(id: caseID, server: server, link: link)
    case .refused(let reason): Activity.Published(id: caseID, server: server, refusal: reason)
    }
  }
}

/// What came of a delivery round.
public struct DeliverySummary: Hashable, Sendable {
  /// What still waits for a server.
  public struct Pending: Hashable, Sendable {
    /// The server, without credentials.
    public var server: String
    /// How many entries.
    public var count: Int
    /// Why; nil if it was only a matter of time.
    public var reason: String?

    /// Makes a line about what waits.
    public init(server: String, count: Int, reason: String? = nil) {
      self.server = server
      self.count = count
      self.reason = reason
    }
  }

  /// What was confirmed in this round.
  public var delivered: [Delivery] = []
  /// What was refused in this round.
  public var refused: [Delivery] = []
  /// What is still in the outbox, by server, sorted.
  public var pending: [Pending] = []
  /// Sentences for people: damaged files, another process at work.
  public var notices: [String] = []

  /// Makes an empty summary.
  public init() {}
}
