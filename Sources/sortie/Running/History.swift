import Foundation
import Journal
import Model
import Reporting

/// What cases took in earlier runs.
enum History {
  /// How many of the latest runs are looked at.
  private static let runs = 5

  /// Seconds by case, the latest run's first; failures and errors may have ended early and do not count.
  static func durations(in state: String) -> [String: Double] {
    var durations: [String: Double] = [:]
    for folder in RunFolder.all(in: state).suffix(runs).reversed() {
      guard let bytes = FileManager.default.contents(atPath: folder.report), let report = try? Report(json: bytes) else {
        continue
      }
      for one in report.cases where one.verdict == .pass && durations[one.id] == nil {
        durations[one.id] = one.duration
      }
    }
    return durations
  }
}
