import Glibc
import Model

/// The lock that makes two coordinators of one run impossible: of the open file, so that it ends with its holder,
/// however that dies. Looking does not take it, so a look never stands in a coordinator's way.
enum RunLock {
  // F_OFD_GETLK and F_OFD_SETLK of fcntl(2), which the module map does not show.
  private static let get: Int32 = 36
  private static let set: Int32 = 37

  /// Takes the lock of a run; closing the descriptor lets it go. Throws `.busy` if another process has it, `.system`.
  static func take(_ folder: RunFolder) throws(Fault) -> Int32 {
    let file = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Fault.system("open", folder.lock) }
    var whole = exclusive
    guard fcntl(file, set, &whole) == 0 else {
      let fault =
        errno == EAGAIN || errno == EACCES
        ? Fault(.busy, "run \(folder.run) is alive: another process coordinates it")
        : Fault.system("lock", folder.lock)
      close(file)
      throw fault
    }
    return file
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
