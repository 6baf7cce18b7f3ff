import Model

/// The console of CI: one line a finished case, warnings, failures with the end of their output; no animation.
public struct PlainConsole: Console {
  /// Seconds of silence after which a line says that the run is alive: CI servers end what is silent for long.
  static let silence = 60.0

  private let lines: ConsoleLines
  private var spoke: Timestamp?

  /// Makes a console.
  public init(style: Style = Style(isColored: false)) { lines = ConsoleLines(style: style, width: 400) }

  /// What there is to say about an event, with newlines; nothing for most.
  public mutating func render(_ event: Event, in state: RunState, tail: (AttemptID) -> [UInt8]) -> String {
    let said = lines.lines(event, in: state, tail: tail)
    if !said.isEmpty || spoke == nil { spoke = event.time }
    return said.map { $0 + "\n" }.joined()
  }

  /// After a minute of silence, one line with what runs.
  public mutating func tick(_ state: RunState, now: Timestamp, width: Int, height: Int) -> String {
    guard state.ending == nil, let spoke, now.seconds(since: spoke) >= PlainConsole.silence else { return "" }
    self.spoke = now
    let running = state.running
    let shown = running.prefix(5).map { attempt in
      let elapsed = now.seconds(since: attempt.seen)
      let slow = state.isSlow(attempt, now: now) ? ", SLOW" : ""
      return "\(attempt.owner) on \(attempt.node ?? "?") (\(spoken(elapsed))\(slow))"
    }
    let more = running.count > shown.count ? " and \(running.count - shown.count) more" : ""
    let what = shown.isEmpty ? "nothing runs" : "running: " + shown.joined(separator: ", ") + more
    return lines.plain("[\(state.counts.total)/\(state.cases.count)] \(what)") + "\n"
  }

  /// The closing lines.
  public mutating func finish(_ report: Report, folder: String) -> String {
    Closing(lines: lines).text(report, folder: folder)
  }
}
