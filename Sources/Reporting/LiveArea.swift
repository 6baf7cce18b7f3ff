import Model

/// The rows at the bottom of a live view: progress, and what runs where.
struct LiveArea {
  /// Rows of running cases at most, however high the terminal is.
  static let limit = 16

  let style: Style
  let width: Int
  let height: Int

  /// The rows, each no wider than `width - 1`, so that no terminal wraps them; at most `height - 1`.
  func rows(_ state: RunState, now: Timestamp) -> [String] {
    guard height > 2, width > 10 else { return [] }
    return [progress(state, now: now)] + running(state, now: now) + lost(state)
  }

  private func progress(_ state: RunState, now: Timestamp) -> String {
    let counts = state.counts
    let total = state.cases.count
    let elapsed = spoken(state.started.map { now.seconds(since: $0) } ?? 0)
    var text = "\(counts.total)/\(total)  \(elapsed)  \(counts.pass) passed"
    if counts.fail > 0 { text += ", \(counts.fail) failed" }
    if counts.skip > 0 { text += ", \(counts.skip) skipped" }
    if counts.error > 0 { text += ", \(counts.error) error\(counts.error == 1 ? "" : "s")" }
    if let cancel = state.cancel { text += "  " + (cancel.now ? "ENDING NOW" : "CANCELLED, tearing down") }
    let paint: Style.Paint = counts.fail + counts.error > 0 ? .red : .green
    let length = min(24, width - 1 - columns(of: text) - 3)
    guard length >= 8 else { return style.paint(fit(text, width - 1), paint) }
    let filled = total > 0 ? length * min(counts.total, total) / total : 0
    let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: length - filled)
    return "[" + style.paint(bar, paint) + "] " + text
  }

  private func running(_ state: RunState, now: Timestamp) -> [String] {
    let running = state.running
    let room = max(0, min(LiveArea.limit, height - 4))
    // One row too many is shown, rather than a row that says there is one more.
    let shown = running.count <= room ? running[...] : running.prefix(max(0, room - 1))
    let names = min(20, shown.map { columns(of: printable($0.node ?? "-")) }.max() ?? 0)
    var rows = shown.map { attempt in
      let elapsed = padded(spoken(now.seconds(since: attempt.seen)), 8)
      let isSlow = state.isSlow(attempt, now: now)
      let title = state.state(of: attempt.owner)?.title ?? attempt.owner.rawValue
      let node = padded(fit(printable(attempt.node ?? "-"), names), names)
      let text = "  \(node)  \(elapsed)  \(isSlow ? "SLOW  " : "")\(printable(title))"
      return style.paint(fit(text, width - 1), isSlow ? .yellow : nil)
    }
    if running.count > shown.count, room > 0 {
      rows.append(style.paint(fit("  … and \(running.count - shown.count) more", width - 1), .dim))
    }
    return rows
  }

  private func lost(_ state: RunState) -> [String] {
    let names = state.nodes.filter { $0.standing == .lost }.map(\.name)
    guard !names.isEmpty, height > 3 else { return [] }
    return [style.paint(fit(printable("  lost: " + names.joined(separator: ", ")), width - 1), .yellow)]
  }
}
