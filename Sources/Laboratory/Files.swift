import CSpawn
import Glibc
import Model

/// Small files, read and written whole.
enum Files {
  /// A file's text; nil if it cannot be read.
  static func text(_ path: String) -> String? {
    let file = sortie_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    while bytes.count < 16 << 20 {
      let part = [UInt8](unsafeUninitializedCapacity: 16 * 1024) { buffer, count in
        count = max(read(file, buffer.baseAddress, buffer.count), 0)
      }
      if part.isEmpty { break }
      bytes += part
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Replaces a file, so that a reader finds the old or the new text. Throws `.system`.
  static func write(_ text: String, to path: String, mode: UInt32 = 0o600) throws(Fault) {
    let part = path + ".part"
    let file = sortie_open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw .system("create \(part)") }
    let bytes = Array(text.utf8)
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
      guard written > 0 else {
        let fault = Fault.system("write \(part)")
        close(file)
        throw fault
      }
      offset += written
    }
    close(file)
    guard rename(part, path) == 0 else { throw .system("rename \(part)") }
  }

  /// Makes a folder, and those above it, if it is not there. Throws `.system`.
  static func makeFolder(_ path: String, mode: UInt32 = 0o700) throws(Fault) {
    if mkdir(path, mode) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .system("make folder \(path)")
    }
    try makeFolder(String(path[..<slash]), mode: mode)
    guard mkdir(path, mode) == 0 || errno == EEXIST else { throw .system("make folder \(path)") }
  }

  /// What a folder holds; empty if it cannot be read.
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Where a link points; nil if it is none, or is not ours to read.
  static func link(_ path: String) -> String? {
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) { text in
        text.baseAddress.map { max(readlink(path, $0, text.count), 0) } ?? 0
      }
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// The path without links and dots; nil if it does not exist.
  static func resolved(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// Whether `path` is `folder` or lies below it.
  static func isInside(_ path: String, _ folder: String) -> Bool { path == folder || path.hasPrefix(folder + "/") }
}

extension Fault {
  /// The fault of a failed system call, from `errno`.
  static func system(_ call: String) -> Fault { Fault(.system, "\(call): \(String(cString: strerror(errno)))") }
}
