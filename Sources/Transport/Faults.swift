import Glibc
import Model

extension Fault {
  /// The fault of a failed system call, from `errno`.
  static func system(_ call: String) -> Fault { Fault(.system, "\(call): \(String(cString: strerror(errno)))") }

  /// What a call on a stream meets that this side has closed.
  static let closed = Fault(.link, "the stream was closed on this side")
}
