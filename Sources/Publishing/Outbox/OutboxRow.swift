import Model

/// An entry of the outbox as people see it, whatever state it is in.
public struct OutboxRow: Hashable, Sendable {
  /// How it stands.
  public enum State: String, Hashable, Sendable, Codable, CaseIterable {
    /// It waits to be sent.
    case waits
    /// It was sent, and nobody knows what came of it: the server is asked for it first.
    case mayHaveArrived = "may have arrived"
    /// The server does not want it; it is kept aside.
    case refused
    /// The file could not be read as an entry; it is kept aside.
    case damaged
  }

  /// Its file, relative to the outbox's folder.
  public var file: String
  /// How it stands.
  public var state: State
  /// The entry's submission and server; nil for a damaged one.
  public var key: OutboxEntry.Key?
  /// The run it comes from; nil for a damaged one.
  public var run: RunID?
  /// What it is about, a case or something else; nil for a damaged one.
  public var title: String?
  /// The cases whose verdict it carries.
  public var cases: [CaseID] = []
  /// When it was put in; nil for a damaged one.
  public var created: Timestamp?
  /// Why it is still here: the refusal, else the latest trouble with its server; nil: nothing has gone wrong yet.
  public var reason: String?

  /// Makes a row; everything but file and state comes from the entry, where there is one.
  public init(file: String, state: State, entry: OutboxEntry? = nil, reason: String? = nil) {
    self.file = file
    self.state = state
    self.reason = reason
    key = entry?.key
    run = entry?.run
    title = entry?.title
    cases = entry?.cases ?? []
    created = entry?.created
  }
}
