import Model

/// A run's own time: the wall clock is looked at once, and moved on by a clock that never jumps. A run that is resumed
/// goes on at the wall's time, or where its last event was if that is later: time never runs backwards in a run.
struct RunClock: Sendable {
  private let start = ContinuousClock.now
  private let wall: Timestamp
  private let elapsed: Double

  /// - Parameters:
  ///   - started: when the run's first event was.
  ///   - now: the time from which it goes on.
  init(started: Timestamp, now: Timestamp) {
    wall = now
    elapsed = max(0, Double(now.nanoseconds - started.nanoseconds) / 1e9)
  }

  /// Now.
  var moment: Moment {
    let passed = (ContinuousClock.now - start) / .seconds(1)
    return Moment(elapsed: elapsed + passed, wall: wall.advanced(bySeconds: passed))
  }
}
