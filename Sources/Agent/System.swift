import CSpawn
import Glibc
import Model

/// The fault of a failed system call, from `errno`.
func systemFault(_ call: String, _ subject: String) -> Fault {
  let number = errno
  return Fault(.system, "\(call) \(subject): \(String(cString: strerror(number)))")
}

/// Whether a fault of ``systemFault(_:_:)`` says that a disk takes no more.
func isDiskFull(_ fault: Fault) -> Bool {
  fault.code == .system
    && [ENOSPC, EDQUOT, EROFS, EIO].contains { fault.message.hasSuffix(": " + String(cString: strerror($0))) }
}

/// The clocks of this machine.
enum Clock {
  /// Wall-clock time.
  static func wall() -> Timestamp { Timestamp(nanoseconds: sortie_clock(sortie_clock_wall)) }
  /// Seconds on a clock that never jumps and stands still in suspend: for durations.
  static func monotonic() -> Double { Double(sortie_clock(sortie_clock_monotonic)) / 1e9 }
  /// Seconds on a clock that runs through suspend: for leases.
  static func boot() -> Double { Double(sortie_clock(sortie_clock_boot)) / 1e9 }
}

/// A descriptor that is closed with its owner.
final class Descriptor {
  /// The number.
  let number: Int32
  /// Takes ownership.
  init(_ number: Int32) { self.number = number }
  deinit { close(number) }
}

/// Makes a folder and its parents, mode 0700. One that is there already is fine.
func makeFolders(_ path: String) throws(Fault) {
  if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
  guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
    throw systemFault("mkdir", path)
  }
  try makeFolders(String(path[..<slash]))
  guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw systemFault("mkdir", path) }
}

/// Deletes a file or a folder with all that is in it, without following links and without leaving its file system.
/// What cannot be deleted stays.
func removeTree(_ path: String) {
  let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  if let device = device(of: folder) { removeTree(path, on: device) }
}

private func removeTree(_ path: String, on own: dev_t) {
  guard unlink(path) != 0, errno == EISDIR || errno == EPERM, device(of: path) == own else { return }
  chmod(path, 0o700)
  for name in folderEntries(path) { removeTree(path + "/" + name, on: own) }
  rmdir(path)
}

private func device(of path: String) -> dev_t? {
  var info = stat()
  return lstat(path, &info) == 0 ? info.st_dev : nil
}

/// The names in a folder without `.` and `..`; empty if it cannot be read.
func folderEntries(_ path: String) -> [String] {
  guard let folder = opendir(path) else { return [] }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// Reads a file of at most `limit` bytes; nil if it is not there, not readable, or longer.
func readFile(_ path: String, limit: Int) -> [UInt8]? {
  let file = sortie_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = read(file, &chunk, chunk.count)
    if count == 0 { return bytes }
    if count < 0 {
      if errno == EINTR { continue }
      return nil
    }
    guard bytes.count + count <= limit else { return nil }
    bytes.append(contentsOf: chunk[..<count])
  }
}

/// Writes all bytes to a blocking descriptor. Throws `.system` with the errno's text.
func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ subject: String) throws(Fault) {
  var offset = 0
  while offset < bytes.count {
    let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
    if written < 0 {
      if errno == EINTR { continue }
      throw systemFault("write", subject)
    }
    offset += written
  }
}

/// Waits for readiness of any of the descriptors, at most `seconds` (nil: for ever). An interrupted wait returns early.
func waitReady(_ interests: inout [pollfd], seconds: Double?) {
  let milliseconds = seconds.map { Int32(clamping: Int(max(0, min($0, 3600)) * 1000) + ($0 > 0 ? 1 : 0)) } ?? -1
  let ready = poll(&interests, nfds_t(interests.count), milliseconds)
  if ready < 0 { for index in interests.indices { interests[index].revents = 0 } }
}
