import Foundation
import Glibc

/// A client of a server on this machine, on one connection that is kept. It blocks, so it belongs on a thread of its own.
final class Caller {
  private let descriptor: Int32
  private var received: [UInt8] = []

  init(_ port: Int) throws {
    descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: Int(patience.components.seconds), tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Overdue(description: "nobody listens on \(port)") }
  }

  deinit { close(descriptor) }

  /// Calls, and returns the status and the body; nil if the connection ended before the answer. Answers in chunks are not
  /// understood.
  func call(_ verb: String, _ path: String, _ json: String? = nil) -> (status: Int, body: String)? {
    let body = json.map { "Content-Type: application/json\r\nContent-Length: \($0.utf8.count)\r\n\r\n\($0)" } ?? "\r\n"
    let bytes = Array("\(verb) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\(body)".utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { return nil }
    return answer()
  }

  private func answer() -> (status: Int, body: String)? {
    var end = received.firstRange(of: Array("\r\n\r\n".utf8))
    while end == nil {
      guard receive() else { return nil }
      end = received.firstRange(of: Array("\r\n\r\n".utf8))
    }
    guard let end else { return nil }
    let head = String(decoding: received[..<end.lowerBound], as: UTF8.self).lowercased()
    let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    let length = head.firstMatch(of: /content-length: *(\d+)/).flatMap { Int($0.output.1) } ?? 0
    while received.count < end.upperBound + length { guard receive() else { return nil } }
    let body = String(decoding: received[end.upperBound..<end.upperBound + length], as: UTF8.self)
    received.removeFirst(end.upperBound + length)
    return (status, body)
  }

  private func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    received += chunk[..<count]
    return true
  }
}
