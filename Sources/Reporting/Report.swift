import FoundationEssentials
import Model

/// A run in one document: `report.json`. The format is documented in `docs/reports.md`.
public struct Report: Hashable, Sendable, Codable {
  /// The format's version, 1.
  public var sortie: Int
  /// The run.
  @OrNull public var run: String?
  /// When the run started.
  @OrNull public var started: Timestamp?
  /// When its work ended; nil while it has not.
  @OrNull public var finished: Timestamp?
  /// Seconds it took, by the coordinator's monotonic clock.
  @OrNull public var duration: Double?
  /// The machine that coordinated.
  @OrNull public var host: String?
  /// The pod.
  @OrNull public var pod: String?
  /// Who installed the system under test.
  @OrNull public var installer: String?
  /// What was installed.
  @OrNull public var scenario: String?
  /// The CI job's tag.
  @OrNull public var buildTag: String?
  /// Sortie's version.
  @OrNull public var version: String?
  /// The command line.
  public var arguments: [String]
  /// Where results go; empty: nowhere.
  public var servers: [String]
  /// Which share of a selection this is, `2/5`; nil: all of it.
  @OrNull public var slice: String?
  /// The exit code, see `docs/exit-codes.md`.
  public var exit: Int32
  /// Why the exit code is what it is.
  public var exitReason: String
  /// True: the run's work ended and every planned case has a verdict.
  public var isComplete: Bool
  /// Planned cases without a verdict; they count as errors.
  public var missing: [String]
  /// Where each of the missing cases was last seen, in the same order.
  public var lastSeen: [LastSeen]
  /// How often another process went on with the run.
  public var resumed: Int
  /// How many cases ended how; they add up to the number of cases.
  public var counts: Counts
  /// The nodes in order of appearance.
  public var nodes: [Node]
  /// The planned cases in catalog order.
  public var cases: [Case]
  /// Set-ups and tear-downs in order of appearance.
  public var hooks: [Hook]

  private enum CodingKeys: String, CodingKey {
    case sortie, run, started, finished, duration, host, pod, installer, scenario
    case buildTag = "build_tag"
    case version, arguments, servers, slice, exit
    case exitReason = "exit_reason"
    case isComplete = "complete"
    case missing
    case lastSeen = "last_seen"
    case resumed, counts, nodes, cases, hooks
  }

  /// Reports a run as it stands now.
  public init(of state: RunState) {
    let conclusion = Conclusion(of: state)
    sortie = 1
    run = state.header?.run.rawValue
    started = state.started
    finished = state.finished
    duration = finite(state.ending?.duration)
    host = state.header?.host
    pod = state.header?.pod
    installer = state.header?.installer
    scenario = state.header?.scenario
    buildTag = state.header?.buildTag
    version = state.header?.version
    arguments = state.header?.arguments ?? []
    servers = state.header?.servers ?? []
    slice = state.slice?.description
    exit = conclusion.status.rawValue
    exitReason = conclusion.reason
    isComplete = state.isComplete
    missing = state.missing.map(\.rawValue)
    lastSeen = state.lastSeen
    resumed = state.resumptions
    nodes = state.nodes.map(Node.init)
    let places = Dictionary(lastSeen.map { ($0.id, $0.place) }, uniquingKeysWith: { first, _ in first })
    cases = state.cases.map { Case($0, in: state, lastSeen: places[$0.id.rawValue]) }
    hooks = state.hooks.map { Hook($0, in: state) }
    counts = Counts()
    for item in cases {
      counts.add(item.verdict)
      if item.flaky != nil { counts.flaky += 1 }
    }
  }

  /// The document: indented, keys sorted, a newline at the end.
  public func json() throws(Fault) -> [UInt8] { try documentJSON(self, "report") }

  /// Reads a document that ``json()`` wrote; unknown keys are passed over.
  public init(json bytes: some Sequence<UInt8>) throws(Fault) {
    do {
      self = try JSONDecoder().decode(Report.self, from: Data(bytes))
    } catch {
      throw Fault(.damaged, "this is no report: \(error)")
    }
  }
}

/// JSON knows no infinities.
func finite(_ number: Double?) -> Double? { number.flatMap { $0.isFinite ? $0 : nil } }

/// A document for people and programs: indented, keys sorted, a newline at the end.
func documentJSON(_ document: some Encodable, _ what: String) throws(Fault) -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  do {
    return Array(try encoder.encode(document)) + [10]
  } catch {
    throw Fault(.damaged, "the \(what) cannot be written as JSON: \(error)")
  }
}
