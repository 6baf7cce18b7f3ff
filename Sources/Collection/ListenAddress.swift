import Glibc
import Model

/// Where the server listens.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
  /// An address or a name, without brackets.
  public var host: String
  /// The port; 0: any free one.
  public var port: Int

  /// Makes an address.
  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads `127.0.0.1:8000` or `[::1]:8000`.
  /// - Throws: `usage` for anything else.
  public init(parsing text: String) throws(Fault) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw Fault(
        .usage, "no address to listen on: \(text)", hint: "write HOST:PORT, as 127.0.0.1:8000; ports end at 65535")
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else {
      throw Fault(.usage, "no host to listen on: \(text)", hint: "write HOST:PORT, as 127.0.0.1:8000")
    }
    self.init(host: String(host), port: Int(port))
  }

  /// `127.0.0.1:8000` or `[::1]:8000`.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Whether only this machine can reach it. A name other than `localhost` may be anything.
  public var isLoopback: Bool {
    if host == "localhost" { return true }
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
    return withUnsafeBytes(of: six) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }

  /// The address to bind: `localhost` is 127.0.0.1 whatever the resolver says.
  var bound: ListenAddress { host == "localhost" ? ListenAddress(host: "127.0.0.1", port: port) : self }
}
