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
    guard descriptor >= 0 else { throw DiskError.last("open").fault(temporary) }
    defer { close(descriptor) }
    let content = ContiguousArray(bytes)
    var offset = 0
    while offset < content.count {
      let written = content.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
      }
      if written < 0 {
        if errno == EINTR { continue }
        let fault = DiskError.last("write").fault(temporary)
        unlink(temporary)
        throw fault
      }
      offset += written
    }
    do throws(Fault) {
      guard fdatasync(descriptor) == 0 else { throw DiskError.last("fdatasync").fault(temporary) }
      guard rename(temporary, path) == 0 else { throw DiskError.last("rename").fault(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    try syncFolder(of: path)
  }

  /// Deletes the file durably; one that is not there is fine.
  public static func remove(_ path: String) throws(Fault) {
    guard unlink(path) == 0 || errno == ENOENT else { throw DiskError.last("unlink").fault(path) }
    try syncFolder(of: path)
  }

  /// Makes the entry of `path` in its folder durable.
  private static func syncFolder(of path: String) throws(Fault) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    try DiskError.on(folder) { () throws(DiskError) in try SystemDisk().syncFolder(folder) }
  }
}
