import Dialects
import Glibc
import Model
import Threads

/// A file that results are appended to, one a line, as Xtesting does for `file://` URLs.
public actor FileDump: ResultClient {
  private let executor: ThreadExecutor
  private let path: String

  /// Everything about the file happens on a thread of its own.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Throws `.usage` if the address is no file's, `.system` if there is no thread.
  public init(to address: ServerAddress) throws(Fault) {
    guard let path = address.path else { throw Fault(.usage, "\(address.displayName) is no file") }
    self.path = path
    executor = try ThreadExecutor()
  }

  deinit { executor.stop() }

  /// Appends the result durably.
  public func send(_ entry: OutboxEntry) async -> SendResult {
    do {
      try append(entry.body)
      return .delivered(link: "file://" + path)
    } catch {
      return .unavailable(reason: error.message)
    }
  }

  /// Looks for a line that is exactly this result: what a crash left of a line is none.
  public func ask(_ entry: OutboxEntry) async -> AskResult {
    do {
      return try holds(entry.body) ? .found(link: "file://" + path) : .absent
    } catch {
      return .unavailable(reason: error.message)
    }
  }

  private func append(_ body: [UInt8]) throws(Fault) {
    let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Fault.failed("open", path) }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    var last: UInt8 = 10
    if size > 0 { pread(descriptor, &last, 1, size - 1) }
    do {
      try writeAll((last == 10 ? [] : [10]) + body + [10], to: descriptor, path: path)
    } catch {
      ftruncate(descriptor, size)
      throw error
    }
    guard fdatasync(descriptor) == 0 else { throw Fault.failed("fdatasync", path) }
    try syncFolder(path.lastIndex(of: "/").map { String(path[...$0]) } ?? ".")
  }

  private func holds(_ body: [UInt8]) throws(Fault) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return false }
      throw Fault.failed("open", path)
    }
    defer { close(descriptor) }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    // How much of this line equals the body so far; nil: it differs.
    var matched: Int? = 0
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Fault.failed("read", path) }
      if count == 0 { return false }
      for byte in chunk[..<count] {
        if byte == 10 {
          if matched == body.count { return true }
          matched = 0
        } else if let begun = matched {
          matched = begun < body.count && body[begun] == byte ? begun + 1 : nil
        }
      }
    }
  }
}
