import Glibc
import Model

/// Time and chance, as the publisher gets them from outside.
public struct Surroundings: Sendable {
  /// Seconds of a clock that only runs forward.
  public var now: @Sendable () -> Double
  /// The wall clock, for what is written down.
  public var wallClock: @Sendable () -> Timestamp
  /// Waits until `now` reaches a time; returns early when the task is cancelled.
  public var sleep: @Sendable (_ until: Double) async -> Void
  /// A random number, 0 ..< 1.
  public var random: @Sendable () -> Double

  /// Makes surroundings.
  public init(
    now: @escaping @Sendable () -> Double, wallClock: @escaping @Sendable () -> Timestamp,
    sleep: @escaping @Sendable (_ until: Double) async -> Void, random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.wallClock = wallClock
    self.sleep = sleep
    self.random = random
  }

  /// The real ones.
  public static let real = Surroundings(
    now: { seconds(of: CLOCK_MONOTONIC) }, wallClock: { Timestamp(nanoseconds: nanoseconds(of: CLOCK_REALTIME)) },
    sleep: { until in
      let rest = until - seconds(of: CLOCK_MONOTONIC)
      // Cancelling is the only way to fail, and means: early.
      if rest > 0 { try? await Task.sleep(for: .seconds(min(rest, 86400))) }
    }, random: { Double.random(in: 0..<1) })

  private static func nanoseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  private static func seconds(of clock: clockid_t) -> Double { Double(nanoseconds(of: clock)) / 1e9 }
}

/// This machine's time zone.
public enum LocalTime {
  private static let zoneIsRead: Void = tzset()

  /// Seconds east of UTC at a time, summer time included; 0 where the system does not know.
  public static func utcOffset(at time: Timestamp) -> Int {
    _ = zoneIsRead
    var seconds = time_t(time.nanoseconds / 1_000_000_000)
    if time.nanoseconds < 0, time.nanoseconds % 1_000_000_000 != 0 { seconds -= 1 }
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
  }
}
