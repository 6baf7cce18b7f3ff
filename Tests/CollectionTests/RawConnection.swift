import Dispatch
import Glibc
import Model
import Synchronization

/// A client that speaks bytes: what is sent and received is exactly what stands on the wire. Each connection blocks on a
/// queue of its own, never on a thread that async code needs; a silence of 20 seconds is an error.
final class RawConnection: Sendable {
  /// An answer, taken apart but not interpreted.
  struct Answer: Sendable {
    var statusLine: String
    /// Names in lower case.
    var headers: [String: String]
    /// The body, chunks joined.
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var isChunked: Bool { headers["transfer-encoding"] == "chunked" }
  }

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "raw connection")
  /// What came after the last answer that was read.
  private let leftover = Mutex<[UInt8]>([])

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      Glibc.close(descriptor)
      throw Fault(.link, "connect: \(errno)")
    }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { Glibc.close(descriptor) }

  /// Sends bytes; false if the server has closed the connection.
  @discardableResult
  func send(_ bytes: [UInt8]) async -> Bool {
    await onQueue { [self] in
      var sent = 0
      while sent < bytes.count {
        let count = bytes[sent...].withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { return false }
        sent += count
      }
      return true
    }
  }

  /// Waits until the server closes the connection; the bytes that came before.
  func untilClosed() async throws -> [UInt8] {
    try await onQueue { [self] in
      var bytes: [UInt8] = []
      while let more = try receive() { bytes += more }
      return bytes
    }.get()
  }

  /// Sends a request and reads its answer.
  func exchange(_ bytes: [UInt8], hasBody: Bool = true) async throws -> Answer {
    await send(bytes)
    return try await answer(hasBody: hasBody)
  }

  /// Reads one answer.
  func answer(hasBody: Bool = true) async throws -> Answer {
    try await onQueue { [self] in
      var reader = Reader(leftover.withLock { $0 }) { try self.receive() }
      let answer = try reader.answer(hasBody: hasBody)
      leftover.withLock { $0 = reader.rest }
      return answer
    }.get()
  }

  /// Bytes that came; nil when the server has closed.
  private func receive() throws -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count < 0, errno != ECONNRESET { throw Fault(.link, "recv: \(errno)") }
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  private func onQueue<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async -> Result<
    Value, any Error
  > {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: Result { try work() }) }
    }
  }

  private func onQueue(_ work: @escaping @Sendable () -> Bool) async -> Bool {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: work()) }
    }
  }
}

/// Reads HTTP from a stream of bytes.
private struct Reader {
  let more: () throws -> [UInt8]?
  var bytes: [UInt8]
  var index = 0

  init(_ bytes: [UInt8], _ more: @escaping () throws -> [UInt8]?) {
    self.bytes = bytes
    self.more = more
  }

  var rest: [UInt8] { Array(bytes[index...]) }

  mutating func answer(hasBody: Bool) throws -> RawConnection.Answer {
    let statusLine = try line()
    var headers: [String: String] = [:]
    while case let field = try line(), !field.isEmpty {
      let parts = field.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
    }
    var body: [UInt8] = []
    if hasBody, headers["transfer-encoding"] == "chunked" {
      while let size = Int(try line(), radix: 16), size > 0 {
        body += try take(size)
        _ = try line()
      }
      _ = try line()
    } else if hasBody, let length = headers["content-length"].flatMap({ Int($0) }) {
      body = try take(length)
    }
    return RawConnection.Answer(statusLine: statusLine, headers: headers, body: body)
  }

  private mutating func line() throws -> String {
    var end = index
    while true {
      while end + 1 < bytes.count {
        if bytes[end] == 13, bytes[end + 1] == 10 {
          defer { index = end + 2 }
          return String(decoding: bytes[index..<end], as: UTF8.self)
        }
        end += 1
      }
      try fill()
    }
  }

  private mutating func take(_ count: Int) throws -> [UInt8] {
    while bytes.count - index < count { try fill() }
    defer { index += count }
    return Array(bytes[index..<index + count])
  }

  private mutating func fill() throws {
    guard let more = try more() else { throw Fault(.link, "the connection was closed") }
    bytes += more
  }
}
