/// How the server protects what is written.
public struct Protection: Sendable {
  /// Whether every write needs a token, also on loopback. Beyond loopback it always does.
  public var requiresToken = false
  /// The certificate to serve HTTPS with; nil: plain HTTP.
  public var certificate: Certificate?
  /// Whether plain HTTP may leave this machine, where tokens and results can be read and changed on their way: something
  /// in between (a proxy, a tunnel, a network of one's own) has to protect them.
  public var allowsPlainHTTP = false

  /// The usual: for loopback.
  public init() {}
}
