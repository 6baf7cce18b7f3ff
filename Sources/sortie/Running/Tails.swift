import Foundation
import Journal
import Model
import Reporting

/// The end of attempts' raw logs.
struct Tails: Sendable {
  let folder: RunFolder

  /// At most `limit` bytes from the end of an attempt's output.
  func tail(_ attempt: AttemptID, limit: UInt64 = 16 << 10) -> [UInt8] {
    guard let path = log(of: attempt), let handle = FileHandle(forReadingAtPath: path) else { return [] }
    defer { try? handle.close() }
    guard let size = try? handle.seekToEnd() else { return [] }
    try? handle.seek(toOffset: size > limit ? size - limit : 0)
    return (try? handle.readToEnd()).map { Array($0) } ?? []
  }

  /// Where an attempt's raw log lies; nil for an id that is none of this run's.
  func log(of attempt: AttemptID) -> String? {
    guard let ordinal = attempt.ordinal, attempt.rawValue.hasPrefix(folder.run.rawValue + ".") else { return nil }
    let rest = attempt.rawValue.dropFirst(folder.run.rawValue.utf8.count + 1)
    let id = CaseID(rawValue: String(rest.dropLast(String(ordinal).utf8.count + 1)))
    return folder.path + "/" + RunFolder.log(of: id, ordinal: ordinal)
  }
}
