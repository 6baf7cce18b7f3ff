/// One request, complete with its body.
struct HTTPRequest: Sendable {
  enum Method: Sendable {
    case get
    case post([UInt8])
    /// `PUT` or `PATCH`.
    case other(String, [UInt8])

    var body: [UInt8] {
      switch self {
      case .get: []
      case .post(let bytes), .other(_, let bytes): bytes
      }
    }
  }

  var method: Method
  /// Without credentials; everything that needs it is percent-encoded.
  var url: String
  /// Name and value; neither holds control characters.
  var headers: [(name: String, value: String)] = []
}

/// What came back, as far as it came.
struct HTTPResponse: Sendable {
  /// 200 to 599 and beyond: never an interim 1xx.
  var status = 0
  /// The status line's own words: a Test API puts its message there. At most 1,024 bytes, control characters replaced.
  var reason = ""
  /// `Retry-After` in seconds, where it is a number.
  var retryAfter: Double?
  /// `Location`, where there is one.
  var location: String?
  /// The body.
  var body: [UInt8] = []
  /// Why the answer is not whole; nil: it is.
  var damage: String?
  /// The body was longer than the limit, and was cut off by us.
  var isOverLimit = false

  /// `403 Already Exists`.
  var line: String { reason.isEmpty ? String(status) : "\(status) \(reason)" }
}

/// Why there is no answer at all.
enum HTTPFailure: Error, Hashable, Sendable {
  /// Nothing of the request's body was handed over: the server cannot have acted on it.
  case notSent(String)
  /// It may have arrived, and nobody knows what came of it.
  case unanswered(String)

  var reason: String {
    switch self {
    case .notSent(let reason), .unanswered(let reason): reason
    }
  }
}

/// How long and how much an exchange may be.
public struct HTTPLimits: Hashable, Sendable {
  /// Seconds until a connection must stand.
  public var connectSeconds: Double
  /// Seconds for the whole exchange.
  public var totalSeconds: Double
  /// Bytes of an answer's body.
  public var answerBytes: Int

  /// Xtesting's ten seconds, five of them for the connection, and 4 MiB.
  public init(connectSeconds: Double = 5, totalSeconds: Double = 10, answerBytes: Int = 4 << 20) {
    self.connectSeconds = connectSeconds
    self.totalSeconds = totalSeconds
    self.answerBytes = answerBytes
  }
}

/// Everything but the unreserved characters of RFC 3986 as `%XX`: fit for one path segment or one query value.
func percentEncoded(_ text: String) -> String {
  let digits = Array("0123456789ABCDEF".utf8)
  var output: [UInt8] = []
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      output.append(byte)
    default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  return String(decoding: output, as: UTF8.self)
}
