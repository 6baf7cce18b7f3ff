import Glibc
import Synchronization

/// The time as the `Date` of answers has it, put into words once a second.
enum HTTPDate {
  private static let latest = Mutex((second: time_t(-1), text: ""))

  /// The time now.
  static var now: String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    let second = time.tv_sec
    return latest.withLock { latest in
      if latest.second != second { latest = (second, text(second)) }
      return latest.text
    }
  }

  /// `Sat, 21 Nov 2026 00:36:34 GMT`, whatever the locale.
  static func text(_ second: time_t) -> String {
    var (second, parts) = (second, tm())
    gmtime_r(&second, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let day = "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(parts.tm_year + 1900)"
    return day + " \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
  }
}
