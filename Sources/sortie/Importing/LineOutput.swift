import Glibc
import Model
import Synchronization

/// Lines to stdout, many a system call; unlike talk, what cannot be written is an error.
final class LineOutput: Sendable {
  private static let limit = 256 << 10
  private let buffer = Mutex<[UInt8]>([])

  /// Adds bytes.
  func write(_ bytes: [UInt8]) throws(Fault) {
    try buffer.withLock { buffer throws(Fault) in
      buffer += bytes
      if buffer.count >= Self.limit { try Self.drain(&buffer) }
    }
  }

  /// Hands on what is still here.
  func flush() throws(Fault) { try buffer.withLock { buffer throws(Fault) in try Self.drain(&buffer) } }

  private static func drain(_ buffer: inout [UInt8]) throws(Fault) {
    var offset = 0
    while offset < buffer.count {
      let written = buffer.withUnsafeBytes { Glibc.write(1, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
      guard written > 0 || errno == EINTR else {
        throw Fault(.system, "the export cannot be written: \(String(cString: strerror(errno)))")
      }
      offset += max(written, 0)
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
