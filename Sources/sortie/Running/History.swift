import Foundation
import Journal
import Model
import Reporting

/// What cases took in earlier runs: `STATE/durations.json`, seconds by case. Only estimates hang on it, so a lost update of
/// two runs that end at once does no harm.
enum History {
  /// More cases than this are not remembered; those of the latest run stay.
  private static let limit = 20_000

  /// Seconds by case.
  static func durations(in state: String) -> [String: Double] {
    guard let bytes = FileManager.default.contents(atPath: state + "/durations.json"),
      let durations = try? JSONDecoder().decode([String: Double].self, from: bytes)
    else { return [:] }
    return durations.filter { $0.value >= 0 && $0.value.isFinite }
  }

  /// Takes a run in: halfway from what was known to what it took. Failures and errors may have ended early and do not
  /// count.
  static func remember(_ report: Report, in state: String) throws(Fault) {
    var known = durations(in: state)
    var latest: [String: Double] = [:]
    for one in report.cases where one.verdict == .pass {
      if let duration = one.duration { latest[one.id] = ((known[one.id] ?? duration) + duration) / 2 }
    }
    guard !latest.isEmpty else { return }
    if known.count + latest.count > limit { known = [:] }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let bytes = try? encoder.encode(known.merging(latest) { $1 }) else { return }
    try DurableFile.write(bytes, to: state + "/durations.json")
  }
}
