import Foundation
import Journal
import Model
import Reporting

/// What a run left in its folder.
struct RunOutput: Sendable {
  let folder: RunFolder

  /// The only run of a state folder.
  init(onlyIn state: String) throws {
    let all = RunFolder.all(in: state)
    guard all.count == 1, let only = all.first else { throw Overdue(description: "\(all.count) runs in \(state)") }
    folder = only
  }

  /// Its name.
  var name: String { folder.run.rawValue }

  /// report.json.
  func report() throws -> Report { try Report(json: try data("report.json")) }

  /// The lines of events.jsonl.
  func events() throws -> [[String: Any]] {
    try data("events.jsonl").split(separator: 10).compactMap {
      try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any]
    }
  }

  /// A file's text.
  func text(_ path: String) -> String {
    String(decoding: (try? data(path)) ?? Data(), as: UTF8.self)
  }

  /// A case of the report.
  func one(_ id: String) throws -> Report.Case {
    guard let one = try report().cases.first(where: { $0.id == id }) else {
      throw Overdue(description: "\(id) is not in the report")
    }
    return one
  }

  private func data(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + path))
  }
}

extension String {
  /// This text where `text` stands in place of `mark`, for catalogs in tests.
  func filling(_ values: [String: String]) -> String {
    values.reduce(self) { $0.replacing("<\($1.key)>", with: $1.value) }
  }

  /// The lines, without their newlines.
  var lines: [String] {
    split(separator: "\n", omittingEmptySubsequences: false).dropLast(hasSuffix("\n") ? 1 : 0).map(String.init)
  }
}
