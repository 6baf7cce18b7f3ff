import Glibc
import Model

extension Fault {
  /// The fault of a failed system call, from `errno`.
  static func system(_ call: String) -> Fault { Fault(.system, "\(call): \(String(cString: strerror(errno)))") }

  /// What a call on a stream meets that this side has closed.
  static let closed = Fault(.link, "the stream was closed on this side")

  /// The same fault as `.link`, for callers that do not tell the two apart.
  var asLink: Fault { Fault(.link, message, hint: hint) }
}

extension Fault.Code {
  /// Two ends of a connection found no algorithm that both have. Not seen outside this room.
  static let negotiation = Fault.Code(rawValue: "negotiation")
}
