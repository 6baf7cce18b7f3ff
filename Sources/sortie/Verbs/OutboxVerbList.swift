import ArgumentParser
import Dialects
import Foundation
import Model
import Publishing

struct OutboxListVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what lies in the outbox.",
    discussion: """
      States: `waits`; `may have arrived` (sent, and nobody knows what came of it: the server is asked before it is sent
      again); `refused` (kept aside with the server's reason); `damaged` (no readable entry).
      """)

  @OptionGroup var state: StateOptions
  @OptionGroup var format: FormatOptions

  private struct Row: Encodable {
    var server, run, `case`, attempt: String?
    var age: Double?
    var state: OutboxRow.State
    var reason: String?
    var file: String

    init(_ row: OutboxRow, now: Timestamp) {
      server = row.key?.server
      run = row.run?.rawValue
      `case` = row.title
      attempt = row.key?.submission.rawValue
      age = row.created.map { max(0, now.seconds(since: $0)) }
      state = row.state
      reason = row.reason
      file = row.file
    }

    var cells: [String] {
      [server ?? "", run ?? "", `case` ?? file, attempt ?? "", age.map(ageText) ?? "", state.rawValue, reason ?? ""]
    }
  }

  func run() async throws {
    let now = wallClock()
    var rows: [Row] = []
    // Looking makes no outbox.
    if FileManager.default.fileExists(atPath: state.folder + "/outbox") {
      let (found, notices) = try await Publication.outbox(state.folder).inventory(now: now)
      for notice in notices { Terminal.say(notice) }
      rows = found.map { Row($0, now: now) }
    }
    switch format.format {
    case .json: try JSONOutput.write(["entries": rows])
    case .table:
      Terminal.write(
        Columns.text(["SERVER", "RUN", "CASE", "ATTEMPT", "AGE", "STATE", "LAST REASON"], rows.map(\.cells)))
    }
  }
}

/// `42s`, `17m`, `5h`, `3d`: as precise as somebody wants to know.
private func ageText(_ seconds: Double) -> String {
  switch seconds {
  case ..<100: "\(Int(seconds))s"
  case ..<6000: "\(Int(seconds / 60))m"
  case ..<172_800: "\(Int(seconds / 3600))h"
  default: "\(Int(min(seconds, 1e12) / 86400))d"
  }
}
