/// What a client may ask of the server.
public struct Limits: Hashable, Sendable {
  /// The largest body, in bytes.
  public var body = 16 << 20
  /// All bodies that are larger than ``smallBody`` together, in bytes; more wait to be read.
  public var bodies = 64 << 20
  /// The largest body that never waits, in bytes.
  public var smallBody = 64 << 10
  /// The longest request target (path and query), in bytes.
  public var target = 8 << 10
  /// The most parameters in a query.
  public var parameters = 64
  /// The most header fields.
  public var headerFields = 100
  /// All header fields together, in bytes.
  public var headers = 64 << 10
  /// The longest idempotency key, in bytes.
  public var requestKey = 255
  /// The most connections at a time; more wait to be accepted.
  public var connections = 1024
  /// Seconds a connection may be silent between requests or within a head.
  public var idle = 60.0
  /// Seconds from the head of a request to the end of its body.
  public var request = 60.0
  /// Seconds that a client may leave an answer unread.
  public var stall = 30.0
  /// Seconds that what a client still sends is thrown away after an answer that ends the connection; closed at once, the
  /// answer could be lost on its way.
  public var linger = 1.0
  /// Seconds that the store may take to show that it is ready.
  public var probe = 2.0

  /// The usual limits.
  public init() {}
}
