import Glibc
import Model
import Synchronization

/// Who uses a store. Everything that opens one holds a shared lock on `FILE.lock`; what puts another file in its place, or
/// rewrites all of it, holds an exclusive one. The lock has a file of its own, because closing any descriptor of the
/// database's file drops SQLite's own locks in this process; it stays behind, since removing it would race with others.
final class StoreLock: Sendable {
  private let descriptor: Mutex<Int32>

  /// Shares the store with others.
  /// - Throws: `busy` while it is restored or vacuumed, `system` if the file cannot be made.
  convenience init(sharing path: String) throws(Fault) {
    try self.init(path, LOCK_SH) { Fault(.busy, "the store \(path) is being restored or vacuumed", hint: "try again") }
  }

  /// Takes the store alone.
  /// - Throws: `busy` while anybody uses it.
  convenience init(alone path: String) throws(Fault) {
    try self.init(path, LOCK_EX) {
      Fault(.busy, "the store \(path) is in use", hint: "end `sortie serve` and whatever else uses it")
    }
  }

  private init(_ path: String, _ kind: Int32, _ taken: () -> Fault) throws(Fault) {
    let name = StoreFile.resolved(path) + ".lock"
    let opened = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw StoreFault.closed(path, String(cString: strerror(errno))) }
    guard flock(opened, kind | LOCK_NB) == 0 else {
      let reason = errno
      close(opened)
      throw reason == EWOULDBLOCK ? taken() : StoreFile.failed("lock", name)
    }
    descriptor = Mutex(opened)
  }

  deinit { release() }

  /// Lets others have it; once is enough.
  func release() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
    }
  }
}
