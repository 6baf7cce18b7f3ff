import Foundation
import Glibc

/// A small file system of its own, which a test fills up and empties again.
final class TinyDisk: Sendable {
  /// Where it is mounted.
  let path: String
  private var ballast: String { path + "/ballast" }

  /// Whether this user may mount one.
  static let isPossible: Bool = {
    guard geteuid() == 0 else { return false }
    var template = Array("/tmp/sortie-disk-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { return false }
    let path = String(cString: made)
    defer { rmdir(path) }
    guard mount("sortie-test", path, "tmpfs", 0, "size=64k") == 0 else { return false }
    return umount2(path, Int32(MNT_DETACH)) == 0
  }()

  /// Mounts one of so many bytes at a new folder; the site unmounts it.
  init(_ site: Site, _ name: String, bytes: Int) throws {
    path = site.folder + "/" + name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("sortie-test", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
      throw Overdue(description: "mount \(path): \(String(cString: strerror(errno)))")
    }
    let path = path
    site.atEnd { _ = umount2(path, Int32(MNT_DETACH)) }
  }

  /// One that was mounted before.
  init(at path: String) { self.path = path }

  /// Takes all space but `bytes`.
  func fill(leaving bytes: Int = 0) throws {
    let file = open(ballast, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Overdue(description: "open \(ballast)") }
    defer { close(file) }
    // Somebody may write between the look and the taking.
    for _ in 0..<100 {
      var facts = statvfs()
      guard statvfs(path, &facts) == 0 else { throw Overdue(description: "statvfs \(path)") }
      let free = Int(facts.f_bavail) * Int(facts.f_frsize) - bytes
      guard free > 0 else { return }
      var info = stat()
      fstat(file, &info)
      _ = posix_fallocate(file, info.st_size, off_t(free))
    }
    throw Overdue(description: "filling \(path)")
  }

  /// Gives the space back.
  func free() { unlink(ballast) }
}
