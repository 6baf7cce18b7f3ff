import Glibc
import Model
import Wire

/// The files that cases need, by content: where they lie here, and what every node gets once.
public struct Contents: Sendable {
  /// What a case gets, by the key that ``add(_:in:)`` returned it for.
  private var sources: [String: (path: String, size: Int64)] = [:]
  private var manifests: [String: [FileEntry]] = [:]

  /// The most files that one case may have.
  public static let countLimit = 10_000

  /// Nothing yet.
  public init() {}

  /// Where the content with this hash lies, and its size in bytes.
  public func source(_ hash: String) -> (path: String, size: Int64)? { sources[hash] }

  /// Files and folders relative to `folder`, with all that is in the folders; links are followed only to plain files.
  /// Throws `.notFound`, `.definition`, `.limit` or `.system`.
  public mutating func add(_ names: [String], in folder: String) throws(Fault) -> [FileEntry] {
    guard !names.isEmpty else { return [] }
    let key = folder + "\u{0}" + names.joined(separator: "\u{0}")
    if let known = manifests[key] { return known }
    var entries: [FileEntry] = []
    for name in names {
      guard isConfinedPath(name) else { throw Fault(.definition, "the file \(name) lies outside the catalog's folder") }
      try collect(name, in: folder, into: &entries, depth: 0)
    }
    manifests[key] = entries
    return entries
  }

  private mutating func collect(
    _ name: String, in folder: String, into entries: inout [FileEntry], depth: Int
  ) throws(Fault) {
    let path = folder + "/" + name
    var info = stat()
    guard stat(path, &info) == 0 else { throw Fault(.notFound, "the file \(path) is not there") }
    switch info.st_mode & S_IFMT {
    case S_IFREG:
      guard entries.count < Contents.countLimit else {
        throw Fault(.limit, "\(folder) has more than \(Contents.countLimit) files for one case")
      }
      let size = Int64(info.st_size)
      let hash = try Contents.digest(path)
      sources[hash] = (path, size)
      entries.append(FileEntry(path: name, isExecutable: info.st_mode & 0o100 != 0, hash: hash, size: size))
    case S_IFDIR:
      var own = stat()
      guard lstat(path, &own) == 0, own.st_mode & S_IFMT == S_IFDIR else { return }
      guard depth < 32 else { throw Fault(.limit, "\(path) lies more than 32 folders deep") }
      for child in try Contents.names(path) where child != "__pycache__" && child != ".git" {
        try collect(name + "/" + child, in: folder, into: &entries, depth: depth + 1)
      }
    default: break
    }
  }

  private static func names(_ path: String) throws(Fault) -> [String] {
    guard let folder = opendir(path) else {
      throw Fault(.system, "open \(path): \(String(cString: strerror(errno)))")
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name == "." || name == ".." { continue }
      guard isPathComponent(name) else {
        throw Fault(.definition, "the file \(name.debugDescription) in \(path) has a name that nodes do not take")
      }
      names.append(name)
    }
    return names.sorted()
  }

  private static func digest(_ path: String) throws(Fault) -> String {
    let file = try open(path)
    defer { close(file) }
    var hash = SHA256()
    var chunk = [UInt8](repeating: 0, count: partLimit)
    var offset: Int64 = 0
    while true {
      let count = try read(file, &chunk, at: offset, path)
      if count == 0 { return hexadecimal(hash.finish()) }
      hash.update(chunk[..<count])
      offset += Int64(count)
    }
  }

  /// A file is sent in parts of so many bytes: few enough for a slow line to take one within a heartbeat or two.
  private static let partLimit = min(BlobPart.limit, 256 << 10)

  /// A part of a file; empty at its end. Throws `.system`.
  static func part(of path: String, at offset: Int64) throws(Fault) -> [UInt8] {
    let file = try open(path)
    defer { close(file) }
    var part = [UInt8](repeating: 0, count: partLimit)
    part.removeLast(part.count - (try read(file, &part, at: offset, path)))
    return part
  }

  private static func open(_ path: String) throws(Fault) -> Int32 {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Fault(.system, "open \(path): \(String(cString: strerror(errno)))") }
    return file
  }

  private static func read(
    _ file: Int32, _ bytes: inout [UInt8], at offset: Int64, _ path: String
  ) throws(Fault) -> Int {
    while true {
      let count = pread(file, &bytes, bytes.count, off_t(offset))
      if count >= 0 { return count }
      guard errno == EINTR else { throw Fault(.system, "read \(path): \(String(cString: strerror(errno)))") }
    }
  }
}
