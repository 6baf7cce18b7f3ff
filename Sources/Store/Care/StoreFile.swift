import Glibc
import Model

/// Files as a store needs them: private from the first byte, durable before they count.
enum StoreFile {
  /// A failed system call, in the one error shape.
  static func failed(_ call: String, _ path: String) -> Fault {
    Fault(.system, "\(call) \(path): \(String(cString: strerror(errno)))")
  }

  /// The path behind links, so that two names of a store share one lock; a path that is not there as it is.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Whether a file is there.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Makes an empty file that only its owner can read, unless one is there. What stands in the way is found out by whoever
  /// opens it next.
  static func makePrivate(_ path: String) {
    // Never opens a file that exists: closing it would drop SQLite's locks.
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Makes an empty file of an unused name in the folder of another; only its owner can read it.
  static func temporary(beside path: String, _ kind: String = "part") throws(Fault) -> String {
    var name = Array("\(path).\(kind)-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else {
      throw Fault(
        .system, "cannot write beside \(path): \(String(cString: strerror(errno)))",
        hint: "does its folder exist, and may you write in it?")
    }
    close(descriptor)
    return name.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// Waits until a file, or the names in a folder, are on disk.
  static func sync(_ path: String) throws(Fault) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failed("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failed("sync", path) }
  }

  /// Waits until the names in the folder of a file are on disk.
  static func syncFolder(of path: String) throws(Fault) {
    let parent = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) }
    try sync(parent ?? ".")
  }

  /// Gives a file its final name, durably.
  /// - Parameter replacing: whether a file of that name may go.
  /// - Throws: `usage` if one is there and may not.
  static func place(_ temporary: String, at path: String, replacing: Bool) throws(Fault) {
    if replacing {
      guard rename(temporary, path) == 0 else { throw failed("rename", path) }
    } else {
      // A link, unlike a rename, replaces nothing.
      guard link(temporary, path) == 0 else {
        throw errno == EEXIST
          ? Fault(.usage, "\(path) is there already", hint: "--force replaces it") : failed("make", path)
      }
      unlink(temporary)
    }
    try syncFolder(of: path)
  }

  /// Bytes of a file; 0 if it is not there.
  static func size(_ path: String) -> Int64 {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int64(facts.st_size) : 0
  }
}
