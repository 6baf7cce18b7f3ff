import Model

#if canImport(Glibc)
  import Glibc
#endif

/// Whole files that are either the old or the new content after any crash: written beside, synced, renamed, and the
/// folder synced.
public enum DurableFile {
  /// Replaces (or creates) the file at `path`. Throws ``Model/Fault`` `.system` naming the step and the path.
  public static func write(_ bytes: some Collection<UInt8>, to path: String, mode: UInt32 = 0o600) throws(Fault) {
    let temporary = path + ".part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Fault.system("open", temporary) }
    defer { close(descriptor) }
    let content = ContiguousArray(bytes)
    var offset = 0
    while offset < content.count {
      let written = content.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
      }
      if written < 0 {
        if errno == EINTR { continue }
        let fault = Fault.system("write", temporary)
        unlink(temporary)
        throw fault
      }
      offset += written
    }
    do throws(Fault) {
      guard fdatasync(descriptor) == 0 else { throw Fault.system("fdatasync", temporary) }
      guard rename(temporary, path) == 0 else { throw Fault.system("rename", path) }
    } catch {
      unlink(temporary)
      throw error
    }
    try syncFolder(of: path)
  }

  /// Deletes the file durably; one that is not there is fine.
  public static func remove(_ path: String) throws(Fault) {
    guard unlink(path) == 0 || errno == ENOENT else { throw Fault.system("unlink", path) }
    try syncFolder(of: path)
  }

  /// Makes the entry of `path` in its folder durable.
  static func syncFolder(of path: String) throws(Fault) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Fault.system("open", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Fault.system("fsync", folder) }
  }
}

extension Fault {
  /// The fault of a failed system call, from `errno`.
  static func system(_ call: String, _ path: String) -> Fault {
    Fault(.system, "\(call) \(path): \(String(cString: strerror(errno)))")
  }
}
