import Model

/// A run's name in the form that paddles takes apart: `user-YYYY-MM-DD_HH:MM:SS-suite-branch-kernel_branch-flavor-
/// machine_type`. No part holds a hyphen, so that greedy patterns of any age find the same parts. Contract: paddles,
/// "Run name → fields".
public struct PaddlesRunName: Hashable, Sendable {
  /// Who scheduled it.
  public static let user = "sortie"
  /// The only tier of the run, else the only project of its cases, else `mixed`.
  public let suite: String
  /// The version that the build tag names, else `unknown`.
  public let branch: String
  /// The scenario, else `basic`.
  public let flavor: String
  /// The pod, else `unknown`; up to 32 bytes.
  public let machineType: String
  /// When the run started, in UTC.
  public let scheduled: String
  /// What tells runs of one second apart: the end of the run's id. It stands where Ceph names a kernel, which paddles
  /// passes over.
  public let mark: String

  /// Names a run by its first two events.
  public init(_ header: Activity.RunStarted, started: Timestamp, plan: Plan) {
    let tiers = Set(plan.cases.map(\.definition.tier))
    let projects = Set(plan.cases.map(\.definition.project))
    let suite = tiers.count == 1 ? tiers.first : projects.count == 1 ? projects.first : nil
    self.suite = Self.part(suite ?? "mixed", 64)
    branch = Self.part(BuildTag.version(of: header.buildTag), 64)
    flavor = Self.part(header.scenario ?? "basic", 64)
    machineType = Self.part(header.pod ?? "unknown", 32)
    scheduled = started.spaced.replacing(" ", with: "_")
    let stem = started.spaced.filter(\.isNumber)
    // `20261121-003634-kqzf` says the time once more; any other name of a run stands whole.
    let pieces = header.run.rawValue.split(separator: "-", omittingEmptySubsequences: false)
    let isUsual = pieces.count == 3 && pieces[0].count == 8 && pieces[1].count == 6 && stem.prefix(8) == pieces[0]
    mark = Self.part(isUsual ? pieces[1] + "_" + pieces[2] : header.run.rawValue[...], 80)
  }

  /// The whole name.
  public var text: String {
    [Self.user, scheduled, suite, branch, mark, flavor, machineType].joined(separator: "-")
  }

  /// Letters, digits, dots, plus and underscores; everything else becomes an underscore. Never empty.
  private static func part(_ text: some StringProtocol, _ limit: Int) -> String {
    let bytes = text.utf8.prefix(limit).map { byte -> UInt8 in
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "+", "_": byte
      default: UInt8(ascii: "_")
      }
    }
    return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
  }
}
