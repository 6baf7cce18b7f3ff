import CSpawn
import Glibc
import Model

/// The machine's own file systems.
public struct SystemDisk: Disk, Sendable {
  /// Makes the disk; it holds nothing.
  public init() {}

  /// `mkdir(2)`, mode 0700.
  public func makeFolder(_ path: String) throws(DiskError) { try Folder.create(path) }

  /// `fsync(2)` of the folder.
  public func syncFolder(_ path: String) throws(DiskError) {
    let descriptor = Glibc.open(path.isEmpty ? "/" : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open") }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .last("fsync") }
  }

  /// `open(2)`, mode 0600.
  public func open(_ path: String, for purpose: DiskPurpose) throws(DiskError) -> Int32 {
    let flags =
      switch purpose {
      case .reading: O_RDONLY
      case .creating: O_WRONLY | O_CREAT | O_EXCL
      case .changing: O_WRONLY | O_NOFOLLOW
      case .writing: O_WRONLY | O_CREAT | O_NOFOLLOW
      }
    let file = Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .last("open") }
    return file
  }

  /// `close(2)`.
  public func close(_ file: Int32) { Glibc.close(file) }

  /// `fstat(2)`.
  public func size(of file: Int32) throws(DiskError) -> Int64 {
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .last("stat") }
    return Int64(status.st_size)
  }

  /// `pread(2)`, until it is all or the file ends.
  public func read(_ file: Int32, at offset: Int64, count: Int) throws(DiskError) -> [UInt8] {
    var failure: DiskError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = pread(file, buffer.baseAddress.map { $0 + filled }, count - filled, off_t(offset) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = .last("read") }
        guard got > 0 else { return }
        filled += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// `pwrite(2)`, until it is all.
  public func write(_ bytes: ArraySlice<UInt8>, to file: Int32, at offset: Int64) throws(DiskError) {
    var done = 0
    while done < bytes.count {
      let written = bytes.withUnsafeBytes {
        pwrite(file, $0.baseAddress.map { $0 + done }, $0.count - done, off_t(offset) + off_t(done))
      }
      if written < 0, errno == EINTR { continue }
      guard written >= 0 else { throw .last("write") }
      done += written
    }
  }

  /// `ftruncate(2)`.
  public func truncate(_ file: Int32, to size: Int64) throws(DiskError) {
    guard ftruncate(file, off_t(size)) == 0 else { throw .last("truncate") }
  }

  /// `fdatasync(2)`.
  public func sync(_ file: Int32) throws(DiskError) {
    guard fdatasync(file) == 0 else { throw .last("fdatasync") }
  }

  /// `syncfs(2)`.
  public func syncAll(around file: Int32) throws(DiskError) {
    guard syncfs(file) == 0 else { throw .last("syncfs") }
  }
}
