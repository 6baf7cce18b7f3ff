import Model

/// The console of a terminal: finished cases scroll by above, an area at the bottom shows progress and what runs where.
///
/// Lines are collected and drawn with the next tick, so that thousands of cases a second cost no thousands of redraws;
/// failures and errors are drawn at once.
public struct LiveConsole: Console {
  private let style: Style
  private var width = 80
  private var height = 24
  private var now: Timestamp?
  private var pending: [String] = []
  /// Columns of each row of the area on the screen.
  private var drawn: [Int] = []

  /// Makes a console.
  public init(style: Style) { self.style = style }

  /// Collects what there is to say; returns it with a redraw at once if it is bad news, or much.
  public mutating func render(_ event: Event, in state: RunState, tail: (AttemptID) -> [UInt8]) -> String {
    now = max(now ?? event.time, event.time)
    let lines = ConsoleLines(style: style, width: width - 1)
    let said = lines.lines(event, in: state, tail: tail)
    pending += said
    return !said.isEmpty && (event.isBadNews || pending.count > 200) ? draw(state) : ""
  }

  /// Redraws the area.
  public mutating func tick(_ state: RunState, now: Timestamp, width: Int, height: Int) -> String {
    self.now = now
    // What the area took before the resize is counted in the new width, as terminals wrap what is on the screen.
    let erased = erase(width: width, height: height)
    self.width = max(1, width)
    self.height = max(1, height)
    return erased + draw(state)
  }

  /// Removes the area and closes.
  public mutating func finish(_ report: Report, folder: String) -> String {
    let said = erase(width: width, height: height) + pending.map { $0 + "\n" }.joined()
    pending = []
    return said + Closing(lines: ConsoleLines(style: style, width: max(20, width - 1))).text(report, folder: folder)
  }

  private mutating func draw(_ state: RunState) -> String {
    var text = erase(width: width, height: height)
    for line in pending { text += line + "\n" }
    pending.removeAll(keepingCapacity: true)
    guard state.ending == nil, let now else { return text }
    let rows = LiveArea(style: style, width: width, height: height).rows(state, now: now)
    // The cursor stays on the area's last row, so that a full screen does not scroll.
    text += rows.joined(separator: "\n")
    drawn = rows.map(LiveConsole.visibleColumns)
    return text
  }

  /// Back to the area's first row, and everything below it gone. Never more rows than the screen has.
  private mutating func erase(width: Int, height: Int) -> String {
    guard !drawn.isEmpty else { return "" }
    let rows = drawn.reduce(0) { $0 + max(1, ($1 + max(1, width) - 1) / max(1, width)) }
    drawn = []
    let up = min(rows, max(1, height)) - 1
    return "\r" + (up > 0 ? "\u{1b}[\(up)A" : "") + "\u{1b}[J"
  }

  /// Columns without the colours; rows hold no other escapes.
  private static func visibleColumns(_ row: String) -> Int {
    var isEscape = false
    return row.unicodeScalars.reduce(0) { count, scalar in
      if scalar == "\u{1b}" { isEscape = true }
      defer { if isEscape, scalar == "m" { isEscape = false } }
      return isEscape ? count : count + columns(of: scalar)
    }
  }
}

extension Event {
  /// True: people want to see this now.
  fileprivate var isBadNews: Bool {
    switch activity {
    case .caseFinished(let value): value.verdict == .fail || value.verdict == .error
    case .notice(let value): value.level == .error
    case .nodeLost, .nodeExcluded, .cancelRequested: true
    default: false
    }
  }
}
