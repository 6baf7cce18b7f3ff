import Glibc
import Model

/// Where everything of one run lies: `STATE/runs/RUN`. docs/run-folder.md is the contract.
public struct RunFolder: Hashable, Sendable {
  /// The folder.
  public let path: String
  /// The run, which is the folder's name.
  public let run: RunID

  /// The folder of a run in a state folder; nothing is made yet.
  public init(state: String, run: RunID) {
    path = state + "/runs/" + run.rawValue
    self.run = run
  }

  /// The folders that must be durable for the run to be found: its own, `STATE/runs` and `STATE`.
  var ancestry: [String] {
    let state = path.dropLast("/runs/\(run)".count)
    return [path, state + "/runs", String(state)]
  }

  /// The journal: the truth.
  public var journal: String { path + "/journal" }
  /// Locked by the one coordinator of the run.
  public var lock: String { path + "/lock" }
  /// The consolidated log.
  public var console: String { path + "/console.log" }
  /// The event stream as JSON lines.
  public var events: String { path + "/events.jsonl" }
  /// The report.
  public var report: String { path + "/report.json" }
  /// The JUnit file.
  public var junit: String { path + "/junit.xml" }
  /// The TAP file.
  public var tap: String { path + "/results.tap" }
  /// The summary table.
  public var summary: String { path + "/summary.txt" }
  /// Every planned case and how it ended.
  public var manifest: String { path + "/manifest.json" }
  /// There: somebody wants the run to end.
  public var stop: String { path + "/stop" }

  /// The raw log of an attempt, relative to the run's folder: `cases/CASE/N.log`.
  public static func log(of id: CaseID, ordinal: Int) -> String { "cases/\(fileName(id))/\(ordinal).log" }
  /// The folder of an attempt's artifacts, relative to the run's folder: `artifacts/CASE/N`.
  public static func artifacts(of id: CaseID, ordinal: Int) -> String { "artifacts/\(fileName(id))/\(ordinal)" }

  /// A case's folder name: its id. What cannot stand in a path (a case on each node may have a long one) is replaced,
  /// and a mark of the whole id follows, so that no two cases share a folder.
  public static func fileName(_ id: CaseID) -> String {
    guard !isPathComponent(id.rawValue) else { return id.rawValue }
    let clean = id.rawValue.utf8.prefix(80).map { $0 > 31 && $0 < 127 && $0 != 47 ? $0 : 95 }
    var hash = SHA256()
    hash.update(id.rawValue.utf8)
    return String(decoding: clean, as: UTF8.self) + "~" + hexadecimal(hash.finish().prefix(8))
  }

  /// The runs of a state folder, oldest first.
  public static func all(in state: String) -> [RunFolder] {
    Folder.names(state + "/runs").sorted().map { RunFolder(state: state, run: RunID(rawValue: $0)) }
  }

  /// The one run whose name begins with `prefix`. Throws `.notFound` if there is none, `.usage` if there are several.
  public static func find(_ prefix: String, in state: String) throws(Fault) -> RunFolder {
    let runs = all(in: state)
    let found = runs.filter { $0.run.rawValue.hasPrefix(prefix) }
    if let exact = found.first(where: { $0.run.rawValue == prefix }) { return exact }
    guard let only = found.first else {
      throw Fault(.notFound, "no run in \(state) begins with \"\(prefix)\"", hint: "`sortie runs` lists them")
    }
    guard found.count == 1 else {
      throw Fault(
        .usage,
        "\(found.count) runs begin with \"\(prefix)\": \(found.prefix(5).map(\.run.rawValue).joined(separator: ", "))",
        hint: "give more letters")
    }
    return only
  }
}

/// Folders on disk.
public enum Folder {
  /// Makes a folder and its parents, mode 0700; one that is there already is fine. Throws `.system`.
  public static func make(_ path: String) throws(Fault) {
    try DiskError.on(path) { () throws(DiskError) in try create(path) }
  }

  static func create(_ path: String) throws(DiskError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw .last("mkdir") }
    try create(String(path[..<slash]))
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last("mkdir") }
  }

  /// The names in a folder that can stand alone as path components; empty if it cannot be read.
  public static func names(_ path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if isPathComponent(name) { names.append(name) }
    }
    return names
  }

  /// Deletes a folder (or file) with all that is in it, without following links. Throws `.system` for what stays.
  public static func remove(_ path: String) throws(Fault) {
    if unlink(path) == 0 || errno == ENOENT { return }
    guard errno == EISDIR || errno == EPERM else { throw DiskError.last("unlink").fault(path) }
    try empty(open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), path)
    guard rmdir(path) == 0 else { throw DiskError.last("rmdir").fault(path) }
  }

  /// Deletes what is in an open folder, whatever its names are made of, and closes it.
  private static func empty(_ descriptor: Int32, _ path: String) throws(Fault) {
    guard descriptor >= 0, let folder = fdopendir(descriptor) else { throw DiskError.last("open").fault(path) }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) + [0] }.map(
        CChar.init(bitPattern:))
      if name == [46, 0] || name == [46, 46, 0] || unlinkat(descriptor, name, 0) == 0 { continue }
      guard errno == EISDIR || errno == EPERM else { throw DiskError.last("unlink in").fault(path) }
      try empty(openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), path)
      guard unlinkat(descriptor, name, AT_REMOVEDIR) == 0 else { throw DiskError.last("rmdir in").fault(path) }
    }
  }
}
