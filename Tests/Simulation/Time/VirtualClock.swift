import Model
import Synchronization

/// The world's time. An atomic, since the cores take clocks as functions that may be called from anywhere.
final class VirtualClock: Sendable {
  private let nanoseconds = Atomic<Int64>(0)

  /// Seconds since the world began.
  var now: Double { Double(nanoseconds.load(ordering: .relaxed)) / 1e9 }

  /// Time never runs backwards.
  func advance(to time: Double) {
    let then = Int64(time * 1e9)
    if then > nanoseconds.load(ordering: .relaxed) { nanoseconds.store(then, ordering: .relaxed) }
  }
}

/// A machine's wall clock: off by some seconds, and set anew at times.
final class WallClock {
  private let clock: VirtualClock
  /// Seconds that it is ahead.
  var skew: Double

  init(_ clock: VirtualClock, skew: Double) {
    self.clock = clock
    self.skew = skew
  }

  /// What it shows.
  var now: Timestamp { WallClock.origin.advanced(bySeconds: clock.now + skew) }

  /// What a right clock shows when the world begins: 2026-11-21.
  private static let origin = Timestamp(nanoseconds: 1_795_219_200_000_000_000)
}

/// A run's own time, as the coordinator's shell keeps it: the wall clock is looked at once, and moved on by a clock
/// that never jumps.
struct SimulatedRunClock: Sendable {
  private let clock: VirtualClock
  private let start: Double
  private let wall: Timestamp
  private let elapsed: Double

  init(_ clock: VirtualClock, started: Timestamp, now: Timestamp) {
    self.clock = clock
    start = clock.now
    wall = now
    elapsed = max(0, now.seconds(since: started))
  }

  /// Seconds since the run began.
  var passed: Double { elapsed + clock.now - start }

  /// What the run's wall clock shows.
  var time: Timestamp { wall.advanced(bySeconds: clock.now - start) }
}
