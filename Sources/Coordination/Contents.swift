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
      guard depth < 32 else { throw Fault(.limit, "\(path) lies more than 32 folders deep") }
      for child in Contents.names(path) where child != "__pycache__" && child != ".git" {
        try collect(name + "/" + child, in: folder, into: &entries, depth: depth + 1)
      }
    default: break
    }
  }

  private static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if isPathComponent(name) { names.append(name) }
    }
    return names.sorted()
  }

  private static func digest(_ path: String) throws(Fault) -> String {
    var hash = SHA256()
    try eachChunk(of: path) { hash.update($0) }
    return hexadecimal(hash.finish())
  }

  /// Reads a file in parts of at most ``Wire/BlobPart/limit`` bytes. An empty file has one empty part.
  static func eachChunk(of path: String, _ body: (ArraySlice<UInt8>) -> Void) throws(Fault) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Fault(.system, "open \(path): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var chunk = [UInt8](repeating: 0, count: BlobPart.limit)
    var isFirst = true
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        throw Fault(.system, "read \(path): \(String(cString: strerror(errno)))")
      }
      if count == 0, !isFirst { return }
      isFirst = false
      body(chunk[..<count])
      if count == 0 { return }
    }
  }
}
