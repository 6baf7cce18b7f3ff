import Foundation
import Glibc

/// Asks a collection API on this machine.
enum WebClient {
  /// What `GET url` answers: status line and body.
  static func get(_ url: String) async throws -> (status: String, body: Data) {
    guard let parts = URLComponents(string: url), let port = parts.port else {
      throw Overdue(description: "\(url) is no address")
    }
    let target = parts.percentEncodedPath + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    let answer = try await onThread { try exchange("GET \(target) HTTP/1.1", port: UInt16(port)) }
    guard let end = answer.firstRange(of: Data("\r\n\r\n".utf8)) else {
      throw Overdue(description: "\(url): no answer")
    }
    let head = String(decoding: answer[..<end.lowerBound], as: UTF8.self)
    let body = Data(answer[end.upperBound...])
    let isChunked = head.lowercased().contains("\r\ntransfer-encoding: chunked")
    return (head.split(separator: "\r\n").first.map(String.init) ?? "", isChunked ? joined(body) : body)
  }

  /// A body without what stands between its chunks.
  private static func joined(_ body: Data) -> Data {
    var (rest, whole) = (body[...], Data())
    while let end = rest.firstRange(of: Data("\r\n".utf8)),
      let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), size > 0
    {
      whole += rest[end.upperBound...].prefix(size)
      rest = rest[end.upperBound...].dropFirst(size + 2)
    }
    return whole
  }

  /// All results that a filter finds, page by page.
  static func results(_ api: String, _ filter: String) async throws -> [[String: Any]] {
    var results: [[String: Any]] = []
    var (page, pages) = (1, 1)
    while page <= pages {
      let (status, body) = try await get("\(api)/results?\(filter)&page=\(page)")
      guard let document = try JSONSerialization.jsonObject(with: body) as? [String: Any],
        let more = document["results"] as? [[String: Any]]
      else { throw Overdue(description: "\(status) \(String(decoding: body, as: UTF8.self))") }
      results += more
      pages = (document["pagination"] as? [String: Any])?["total_pages"] as? Int ?? 1
      page += 1
    }
    return results
  }

  /// A port of 127.0.0.1 that nobody listens on at the moment.
  static func closedPort() throws -> Int {
    let socket = try loopback(0)
    defer { close(socket.descriptor) }
    return Int(socket.port)
  }

  private static func exchange(_ request: String, port: UInt16) throws -> Data {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    guard withAddress(port, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
      throw Overdue(description: "nobody listens on \(port)")
    }
    let bytes = Array("\(request)\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
    guard write(descriptor, bytes, bytes.count) == bytes.count else { throw Overdue(description: "\(port) hung up") }
    var answer = Data()
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = read(descriptor, &chunk, chunk.count), count > 0 { answer += chunk[..<count] }
    return answer
  }

  private static func loopback(_ port: UInt16) throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    guard withAddress(port, { Glibc.bind(descriptor, $0, $1) }) == 0,
      withUnsafeMutablePointer(
        to: &address,
        { $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) } }) == 0
    else { throw Overdue(description: "no port is free") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private static func withAddress(_ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }
}
