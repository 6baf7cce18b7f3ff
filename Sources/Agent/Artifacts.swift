import CSpawn
import Glibc
import Model

/// Finds what an attempt left for people: plain files whose path matches a glob, links never followed.
enum Artifacts {
  /// A file that is brought back.
  struct Found: Hashable {
    /// Its path below the folder it was found in.
    var path: String
    /// Its size in bytes.
    var size: Int64
  }

  /// At most this many files an attempt.
  static let countLimit = 1000

  /// The plain files below `folder` that match any of the globs, sorted by path. `**` crosses folders, `*` and `?` do not;
  /// a glob that names a folder takes all that is in it.
  static func find(_ globs: [String], in folder: String) -> [Found] {
    guard !globs.isEmpty else { return [] }
    var found: [Found] = []
    walk(folder, "", depth: 0) { path, size in
      if globs.contains(where: { matches(path, glob: $0) }) { found.append(Found(path: path, size: size)) }
    }
    return found.sorted { $0.path < $1.path }
  }

  /// Whether a relative path matches a glob.
  static func matches(_ path: String, glob: String) -> Bool {
    let glob = glob.split(separator: "/")
    guard !glob.isEmpty else { return true }
    // Every place in the glob that the path so far can have led to: no going back, however many `**` there are.
    var places: Set<Int> = []
    func reach(_ place: Int) {
      places.insert(place)
      if glob[place] == "**", place + 1 < glob.count { reach(place + 1) }
    }
    reach(0)
    for name in path.split(separator: "/", omittingEmptySubsequences: false) {
      let before = places
      places = []
      for place in before {
        let crosses = glob[place] == "**"
        guard crosses || fnmatch(String(glob[place]), String(name), FNM_PERIOD) == 0 else { continue }
        // The whole glob is used up: it named this path, or a folder above it.
        if place + 1 == glob.count { return true }
        reach(crosses ? place : place + 1)
      }
    }
    return false
  }

  private static func walk(_ root: String, _ prefix: String, depth: Int, visit: (String, Int64) -> Void) {
    guard depth < 32 else { return }
    for name in folderEntries(prefix.isEmpty ? root : root + "/" + prefix).sorted().prefix(100_000) {
      let path = prefix.isEmpty ? name : prefix + "/" + name
      var info = stat()
      guard isConfinedPath(path), lstat(root + "/" + path, &info) == 0 else { continue }
      switch info.st_mode & S_IFMT {
      case S_IFDIR: walk(root, path, depth: depth + 1, visit: visit)
      case S_IFREG: visit(path, Int64(info.st_size))
      default: continue
      }
    }
  }

  /// Brings at most `limit` bytes of a file to `target`, with secrets blanked. Returns the bytes written.
  static func keep(_ source: String, as target: String, limit: Int64, redactor: Redactor) throws(Fault) -> Int64 {
    let input = sortie_open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0)
    guard input >= 0 else { throw systemFault("open", source) }
    defer { close(input) }
    let output = sortie_open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else { throw systemFault("open", target) }
    defer { close(output) }
    var redactor = redactor
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    var left = limit
    var written: Int64 = 0
    while left > 0 {
      let count = read(input, &chunk, Int(min(Int64(chunk.count), left)))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      left -= Int64(count)
      let settled = redactor.isIdle ? Array(chunk[..<count]) : redactor.push(chunk[..<count])
      try writeAll(settled, to: output, target)
      written += Int64(settled.count)
    }
    // One byte more says whether the file was cut.
    let rest = redactor.finish(isCut: left == 0 && read(input, &chunk, 1) > 0)
    try writeAll(rest, to: output, target)
    return written + Int64(rest.count)
  }
}
