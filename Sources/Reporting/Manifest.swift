import FoundationEssentials
import Model

/// What was planned and what became of each of it: `manifest.json`. A run is complete when every planned case has a
/// verdict; what has none is named with where it was last seen. The format is documented in `docs/reports.md`.
public struct Manifest: Hashable, Sendable, Codable {
  /// What is to happen with a planned case.
  public enum Intent: String, Sendable, Codable {
    /// It is to be run.
    case run
    /// A rule of the plan says no.
    case skip
  }

  /// One planned case.
  public struct Entry: Hashable, Sendable, Codable {
    /// Its name within the run.
    public var id: String
    /// Whose case it is.
    public var tier: String
    /// Whose case it is.
    public var domain: String
    /// What is to happen with it.
    public var plan: Intent
    /// How it ended; nil: nobody knows.
    @OrNull public var verdict: Verdict?
    /// Why, where it is no plain pass.
    @OrNull public var reason: String?
    /// The attempt that decided; nil for what was not run.
    @OrNull public var decided: String?
    /// How many attempts there were.
    public var attempts: Int
    /// Where it was last seen; nil for what has a verdict.
    @OrNull public var lastSeen: String?

    private enum CodingKeys: String, CodingKey {
      case id, tier, domain, plan, verdict, reason, decided, attempts
      case lastSeen = "last_seen"
    }
  }

  /// How many cases were planned, and how they ended; the others add up to `planned`.
  public struct Totals: Hashable, Sendable, Codable {
    /// All of them.
    public var planned = 0
    /// Cases that passed.
    public var pass = 0
    /// Cases that failed.
    public var fail = 0
    /// Cases that were not run by a rule, or said so themselves.
    public var skip = 0
    /// Cases that the infrastructure failed.
    public var error = 0
    /// Cases of which nobody knows how they ended.
    public var missing = 0
  }

  /// The format's version, 1.
  public var sortie: Int
  /// The run.
  @OrNull public var run: String?
  /// True: the run's work ended and every planned case has a verdict.
  public var isComplete: Bool
  /// How many ended how.
  public var counts: Totals
  /// The planned cases in catalog order.
  public var cases: [Entry]

  private enum CodingKeys: String, CodingKey {
    case sortie, run
    case isComplete = "complete"
    case counts, cases
  }

  /// Lists a run as it stands now.
  public init(of state: RunState) {
    sortie = 1
    run = state.header?.run.rawValue
    isComplete = state.isComplete
    let places = Dictionary(state.lastSeen.map { ($0.id, $0.place) }, uniquingKeysWith: { first, _ in first })
    cases = state.cases.map { Entry($0, lastSeen: places[$0.id.rawValue]) }
    cases += state.missing.filter { !state.isPlanned($0) }.map { Entry(foreign: $0, lastSeen: places[$0.rawValue]) }
    counts = Totals(planned: cases.count)
    for entry in cases { counts.add(entry.verdict) }
  }

  /// The document: indented, keys sorted, a newline at the end.
  public func json() throws(Fault) -> [UInt8] { try documentJSON(self, "manifest") }

  /// Reads a document that ``json()`` wrote; unknown keys are passed over.
  public init(json bytes: some Sequence<UInt8>) throws(Fault) {
    do {
      self = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
    } catch {
      throw Fault(.damaged, "this is no manifest: \(error)")
    }
  }
}

extension Manifest.Entry {
  init(_ item: CaseState, lastSeen: String?) {
    self.init(
      id: item.id.rawValue, tier: item.tier, domain: item.domain, plan: item.skipped == nil ? .run : .skip,
      verdict: item.finalVerdict, reason: item.reason ?? item.skipped, decided: item.decided?.rawValue,
      attempts: item.attemptCount, lastSeen: lastSeen)
  }

  /// What the run's last event calls missing, and no plan names.
  init(foreign id: CaseID, lastSeen: String?) {
    self.init(
      id: id.rawValue, tier: "", domain: "", plan: .run, verdict: nil, reason: nil, decided: nil, attempts: 0,
      lastSeen: lastSeen)
  }
}

extension Manifest.Totals {
  fileprivate mutating func add(_ verdict: Verdict?) {
    switch verdict {
    case .pass: pass += 1
    case .fail: fail += 1
    case .skip: skip += 1
    case .error: error += 1
    case nil: missing += 1
    }
  }
}
