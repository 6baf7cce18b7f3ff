import Glibc
import Model

/// The lock that makes two coordinators of one run impossible: of the open file, so that it ends with its holder,
/// however that dies. Looking does not take it, so a look never stands in a coordinator's way.
final class RunLock {
  // F_OFD_GETLK and F_OFD_SETLK of fcntl(2), which the module map does not show.
  private static let get: Int32 = 36
  private static let set: Int32 = 37

  private let file: Int32

  /// Takes the lock of a run, for as long as the object lives. Throws `.busy` if another process has it, `.notFound` if
  /// the run has no folder, `.system`.
  init(_ folder: RunFolder) throws(Fault) {
    file = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      if errno == ENOENT { throw Fault(.notFound, "\(folder.path) holds no run") }
      throw DiskError.last("open").fault(folder.lock)
    }
    guard take() else {
      // The object is whole: its end closes the file.
      throw errno == EAGAIN || errno == EACCES
        ? Fault(.busy, "run \(folder.run) is alive: another process coordinates it")
        : DiskError.last("lock").fault(folder.lock)
    }
  }

  deinit { close(file) }

  /// A process that was just started has a copy of each descriptor until it runs its program, and with it the lock that
  /// somebody has let go of meanwhile: a refusal counts when it lasts.
  private func take() -> Bool {
    for _ in 0..<20 {
      var whole = RunLock.exclusive
      if fcntl(file, RunLock.set, &whole) == 0 { return true }
      guard errno == EAGAIN || errno == EACCES else { return false }
      poll(nil, 0, 5)
    }
    errno = EAGAIN
    return false
  }

  /// Whether some process has the lock of a run.
  static func isHeld(_ folder: RunFolder) -> Bool {
    let file = open(folder.lock, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var whole = exclusive
    return fcntl(file, get, &whole) == 0 && whole.l_type != Int16(F_UNLCK)
  }

  private static var exclusive: flock {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    return lock
  }
}
