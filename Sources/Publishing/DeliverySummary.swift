import Dialects
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

  /// What was delivered.
  public var submission: SubmissionID
  /// The run it comes from, which need not be the one that delivers.
  public var run: RunID
  /// What it is about, for people.
  public var title: String
  /// The cases whose verdict it carries.
  public var cases: [CaseID]
  /// The server, without credentials.
  public var server: String
  /// How it ended.
  public var end: End

  /// Makes a delivery.
  public init(submission: SubmissionID, run: RunID, title: String, cases: [CaseID], server: String, end: End) {
    self.submission = submission
    self.run = run
    self.title = title
    self.cases = cases
    self.server = server
    self.end = end
  }

  /// The delivery of an entry.
  init(_ entry: OutboxEntry, _ end: End) {
    self.init(
      submission: entry.key.submission, run: entry.run, title: entry.title, cases: entry.cases,
      server: entry.key.server, end: end)
  }

  /// The activities for the run's journal: one for each case whose verdict it is.
  public var published: [Activity.Published] {
    cases.map { id in
      switch end {
      case .delivered(let link): Activity.Published(id: id, server: server, link: link)
      case .refused(let reason): Activity.Published(id: id, server: server, refusal: reason)
      }
    }
  }

  /// What people should know of it: something that carries no verdict was refused.
  public var notice: Activity.Notice? {
    guard case .refused(let reason) = end, cases.isEmpty else { return nil }
    return Activity.Notice(.warning, "\(server) refused `\(title)`: \(reason)")
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
