import Foundation
import Glibc

/// A named pipe between a test and cases on nodes of this machine: cases say where they are, and wait for a word.
final class Fifo: Sendable {
  /// Where it lies.
  let path: String
  // Both ends, so that no side has to wait for the other to open it.
  private let descriptor: Int32

  init(_ path: String) throws {
    self.path = path
    guard mkfifo(path, 0o600) == 0 else { throw Overdue(description: "mkfifo \(path)") }
    descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Overdue(description: "open \(path)") }
  }

  deinit { close(descriptor) }

  /// Lets `count` readers of one line go on.
  func release(_ count: Int = 1) {
    let words = Array(String(repeating: "go\n", count: count).utf8)
    _ = words.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  /// The next line that a case writes.
  func line() async throws -> String {
    try await onThread { [self] in
      var line: [UInt8] = []
      let limit = ContinuousClock.now + patience
      while true {
        var interest = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
        poll(&interest, 1, (limit - .now).milliseconds)
        guard ContinuousClock.now < limit else { throw Overdue(description: "nobody wrote to \(path)") }
        var byte: UInt8 = 0
        guard read(descriptor, &byte, 1) == 1 else { continue }
        if byte == 10 { return String(decoding: line, as: UTF8.self) }
        line.append(byte)
      }
    }
  }
}
