import Dialects
import FoundationEssentials
import Glibc
import Model

extension OutboxFolder {
  /// Everything that lies here: what waits in order, then what was refused, then damaged files. `now` is the wall
  /// clock's time. Throws `.system`.
  public func inventory(now: Timestamp) throws(Fault) -> (rows: [OutboxRow], notices: [String]) {
    let notices = try list(now: now).notices
    let troubles = try troubles()
    var rows: [OutboxRow] = []
    for name in try names(in: path) {
      // What another process delivers meanwhile is no longer worth a row.
      guard let file = EntryFile(name: name), case .entry(let entry)? = try? load(name) else { continue }
      rows.append(
        OutboxRow(
          file: name, state: file.isSent ? .mayHaveArrived : .waits, entry: entry,
          reason: troubles[entry.key.server]?.reason))
    }
    for name in try names(in: path + "/refused") {
      switch try? load("refused/" + name) {
      case .entry(let entry):
        rows.append(.init(file: "refused/" + name, state: .refused, entry: entry, reason: entry.refusal))
      case .damaged(let problem): rows.append(.init(file: "refused/" + name, state: .damaged, reason: problem))
      case .gone, .newer, nil: break
      }
    }
    for name in try names(in: path + "/damaged") {
      rows.append(.init(file: "damaged/" + name, state: .damaged, reason: "not readable as an entry"))
    }
    return (rows, notices)
  }

  /// Deletes what a row names, for good. Only for the one that holds ``acquire()``, so that it is not under way. Throws
  /// `.system`.
  public func drop(_ row: OutboxRow) throws(Fault) {
    let name = path + "/" + row.file
    guard unlink(name) == 0 || errno == ENOENT else { throw Fault.failed("unlink", name) }
    try syncFolder(path + (row.file.lastIndex(of: "/").map { "/" + row.file[..<$0] } ?? ""))
  }

  /// Puts a refused entry back, to be sent again. Throws `.system`.
  public func retry(_ row: OutboxRow) throws(Fault) {
    guard row.state == .refused, let slash = row.file.lastIndex(of: "/") else { return }
    let place = path + "/" + row.file[row.file.index(after: slash)...]
    // One rename: a copy in both places could be delivered twice.
    guard rename(path + "/" + row.file, place) == 0 || errno == ENOENT else {
      throw Fault.failed("rename", path + "/" + row.file)
    }
    try syncFolder(path)
    try syncFolder(path + "/refused")
  }
}

extension OutboxFolder {
  /// Why nothing got through to a server the last time.
  public struct Trouble: Hashable, Sendable, Codable {
    /// The server, without credentials.
    public var server: String
    /// What went wrong.
    public var reason: String
    /// Since when it has been that.
    public var since: Timestamp

    /// Makes a trouble.
    public init(server: String, reason: String, since: Timestamp) {
      self.server = server
      self.reason = reason
      self.since = since
    }
  }

  /// The latest trouble with each server that has some, by server. Throws `.system`.
  public func troubles() throws(Fault) -> [String: Trouble] {
    var troubles: [String: Trouble] = [:]
    for name in try names(in: path + "/trouble") where name.hasSuffix(".json") {
      guard let bytes = try? readFile(path + "/trouble/" + name, limit: 1 << 20),
        let trouble = try? JSONDecoder().decode(Trouble.self, from: Data(bytes))
      else { continue }
      troubles[trouble.server] = trouble
    }
    return troubles
  }

  /// Writes down what is wrong with a server, or (nil) that nothing is. It helps people and decides nothing, so it is
  /// written whole but not synced. Throws `.system`.
  func note(_ reason: String?, for server: String, at time: Timestamp) throws(Fault) {
    let name = path + "/trouble/" + EntryFile(number: 0, key: .init(attempt: .init(rawValue: ""), server: server)).hash
    guard let reason else {
      guard unlink(name + ".json") == 0 || errno == ENOENT else { throw Fault.failed("unlink", name) }
      return
    }
    guard let text = try? JSONEncoder().encode(Trouble(server: server, reason: reason, since: time)) else { return }
    let descriptor = open(name + ".part", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Fault.failed("open", name + ".part") }
    defer { close(descriptor) }
    try writeAll(Array(text), to: descriptor, path: name + ".part")
    guard rename(name + ".part", name + ".json") == 0 else { throw Fault.failed("rename", name + ".json") }
  }
}
