import Model

/// What people see while a run goes on. A console is given every event after the run's state took it in, and returns
/// text for the caller to write (to stderr: it is talk, not data); mostly that text is empty.
public protocol Console: Sendable {
  /// An event happened. `tail` gives the end of an attempt's raw output, a few KiB.
  mutating func render(_ event: Event, in state: RunState, tail: (AttemptID) -> [UInt8]) -> String

  /// Time passed: call about ten times a second. `width` and `height` are the terminal's size in characters.
  mutating func tick(_ state: RunState, now: Timestamp, width: Int, height: Int) -> String

  /// The run is over, and its results are delivered as far as they can be. `folder` is the run's folder.
  mutating func finish(_ report: Report, folder: String) -> String
}
