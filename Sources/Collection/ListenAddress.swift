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
      throw Fault(.usage, "no address to listen on: \(text)", hint: "write HOST:PORT, as 127.0.0.1:8000")
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

  /// The loopback address this stands for.
  /// - Throws: `usage` if it is another's, because then everybody could write.
  func loopback() throws(Fault) -> ListenAddress {
    if host == "localhost" { return ListenAddress(host: "127.0.0.1", port: port) }
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, host, &four) == 1, UInt32(bigEndian: four.s_addr) >> 24 == 127 { return self }
    if inet_pton(AF_INET6, host, &six) == 1, withUnsafeBytes(of: six, { $0.dropLast().allSatisfy { $0 == 0 } }),
      withUnsafeBytes(of: six, { $0.last == 1 })
    {
      return self
    }
    throw Fault(
      .usage, "refusing to listen on \(description): whoever reaches it could write",
      hint: "listen on 127.0.0.1, and let a proxy or an SSH tunnel lead there")
  }
}
