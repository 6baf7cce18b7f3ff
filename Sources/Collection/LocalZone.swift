import Glibc
import Model

/// The zone of this machine (`TZ`, `/etc/localtime`).
public enum LocalZone {
  /// Seconds that local time is ahead of UTC at a time.
  @Sendable public static func secondsEast(at time: Timestamp) -> Int {
    var seconds = time_t(time.nanoseconds / 1_000_000_000)
    var parts = tm()
    return localtime_r(&seconds, &parts) == nil ? 0 : parts.tm_gmtoff
  }
}
