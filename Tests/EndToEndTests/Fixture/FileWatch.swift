import Foundation
import Glibc

/// Waits until a file holds what a test looks for, told by the kernel when something in its folder changes.
func awaited<T: Sendable>(
  _ path: String, _ what: String, _ look: @escaping @Sendable (String) -> T?
) async throws -> T {
  try await onThread {
    let watch = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    defer { close(watch) }
    let folder = (path as NSString).deletingLastPathComponent
    let changes = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE
    guard inotify_add_watch(watch, folder, UInt32(changes)) >= 0 else { throw Overdue(description: "no \(folder)") }
    let limit = ContinuousClock.now + patience
    while true {
      let bytes = FileManager.default.contents(atPath: path) ?? Data()
      if let found = look(String(decoding: bytes, as: UTF8.self)) { return found }
      let left = limit - .now
      guard left > .zero else {
        throw Overdue(
          description: "\(what) did not come in \(path): \(String(decoding: bytes.suffix(2000), as: UTF8.self))")
      }
      var interest = [pollfd(fd: watch, events: Int16(POLLIN), revents: 0)]
      poll(&interest, 1, left.milliseconds)
      var events = [UInt8](repeating: 0, count: 4096)
      while read(watch, &events, events.count) > 0 {}
    }
  }
}

/// Waits for a text in a file.
func awaited(_ text: String, in path: String) async throws {
  _ = try await awaited(path, "\"\(text)\"") { $0.contains(text) ? true : nil }
}
