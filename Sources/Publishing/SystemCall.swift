import Glibc
import Model

extension Fault {
  /// The fault of a system call that just failed, from `errno`.
  static func failed(_ call: String, _ path: String) -> Fault {
    Fault(.system, "\(call) \(path): \(String(cString: strerror(errno)))")
  }
}

/// Makes a folder for nobody else's eyes, and those above it; one that is there already is fine.
func makeFolder(_ path: String) throws(Fault) {
  if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
  guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
    throw Fault.failed("mkdir", path)
  }
  try makeFolder(String(path[..<slash]))
  guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Fault.failed("mkdir", path) }
}

/// Makes what happened to a folder's names survive a power cut.
func syncFolder(_ path: String) throws(Fault) {
  let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard descriptor >= 0 else { throw Fault.failed("open", path) }
  defer { close(descriptor) }
  guard fsync(descriptor) == 0 else { throw Fault.failed("fsync", path) }
}

/// The names in a folder, sorted, without `.` and `..`.
func names(in path: String) throws(Fault) -> [String] {
  guard let folder = opendir(path) else { throw Fault.failed("opendir", path) }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

/// A whole file; nil if it is not there. Throws `.limit` if it is larger than `limit` bytes.
func readFile(_ path: String, limit: Int) throws(Fault) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else {
    if errno == ENOENT { return nil }
    throw Fault.failed("open", path)
  }
  defer { close(descriptor) }
  var facts = stat()
  guard fstat(descriptor, &facts) == 0 else { throw Fault.failed("stat", path) }
  guard facts.st_mode & S_IFMT == S_IFREG else { throw Fault(.damaged, "\(path) is no plain file") }
  guard facts.st_size <= limit else { throw Fault(.limit, "\(path) is larger than \(limit) bytes") }
  var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
  var count = 0
  while count < bytes.count {
    let got = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress.map { $0 + count }, $0.count - count) }
    if got < 0, errno == EINTR { continue }
    guard got >= 0 else { throw Fault.failed("read", path) }
    if got == 0 { break }
    count += got
  }
  bytes.removeLast(bytes.count - count)
  return bytes
}

/// Writes all bytes to a descriptor; `path` is for the fault.
func writeAll(_ bytes: [UInt8], to descriptor: CInt, path: String) throws(Fault) {
  var offset = 0
  while offset < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw Fault.failed("write", path) }
    offset += count
  }
}
