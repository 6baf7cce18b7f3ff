import FoundationEssentials
import Glibc
import Journal
import Model
import Threads

/// The outbox on disk: one file an entry, written durably before it counts, removed after it is confirmed. Everything
/// happens on a thread of its own. Layout: `docs/publishing.md`.
public actor OutboxFolder {
  /// An entry that lies here.
  public struct Listed: Hashable, Sendable {
    /// Whose it is.
    public var key: OutboxEntry.Key
    /// How many seconds ago it may have been sent; nil: it was not.
    public var sentBefore: Double?
  }

  private let executor: ThreadExecutor
  private let path: String
  private var files: [OutboxEntry.Key: EntryFile] = [:]
  private var keys: [String: OutboxEntry.Key] = [:]
  private var passedOver: Set<String> = []
  private var lastNumber: Int64 = 0
  private var lock: CInt = -1

  /// Everything about the folder happens on a thread of its own.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens `STATE/outbox`, and makes it where it is not there yet. Throws `.system`.
  public init(_ path: String) throws(Fault) {
    self.path = path
    for folder in [path, path + "/refused", path + "/damaged"] { try makeFolder(folder) }
    executor = try ThreadExecutor()
  }

  deinit {
    if lock >= 0 { close(lock) }
    executor.stop()
  }

  /// Puts an entry in; when this returns it survives anything. One that lies here already stays as it is. Throws
  /// `.limit` for a body beyond ``OutboxEntry/largestBody``, `.system` if the disk does not take it.
  public func store(_ entry: OutboxEntry) throws(Fault) {
    guard entry.body.count <= OutboxEntry.largestBody else {
      throw Fault(
        .limit, "the result of \(entry.caseID) has \(entry.body.count) bytes; the outbox takes up to 16 MiB",
        hint: "let the case report fewer details")
    }
    if keys.isEmpty { _ = try scan() }
    guard files[entry.key] == nil else { return }
    lastNumber = max(lastNumber + 1, entry.created.nanoseconds)
    let file = EntryFile(number: lastNumber, key: entry.key)
    try DurableFile.write(try encoded(entry), to: path + "/" + file.name)
    remember(file, for: entry.key)
  }

  /// All entries in the order they were put in, by whatever process, and sentences about files that are none. Damaged
  /// files are set aside. `now` is the wall clock's time.
  public func list(now: Timestamp) throws(Fault) -> (entries: [Listed], notices: [String]) {
    let notices = try scan()
    let entries = files.sorted { $0.value.stem < $1.value.stem }.map { key, file in
      Listed(key: key, sentBefore: file.isSent ? age(of: file, now: now) : nil)
    }
    return (entries, notices)
  }

  /// An entry with its body; nil if it is gone: delivered by another process, or found damaged and set aside.
  public func read(_ key: OutboxEntry.Key) throws(Fault) -> OutboxEntry? {
    guard let file = files[key] else { return nil }
    switch try load(file.name) {
    case .entry(let entry): return entry
    case .gone, .newer:
      forget(key)
      return nil
    case .damaged(let problem):
      _ = try setAside(file.name, problem)
      forget(key)
      return nil
    }
  }

  /// Notes, durably, whether an entry may have reached its server.
  public func mark(_ key: OutboxEntry.Key, sent isSent: Bool) throws(Fault) {
    guard var file = files[key], file.isSent != isSent else { return }
    let old = file.name
    file.isSent = isSent
    guard rename(path + "/" + old, path + "/" + file.name) == 0 else { throw Fault.failed("rename", path + "/" + old) }
    files[key] = file
    // Going back is a convenience: after a power cut the server is asked once too often.
    if isSent { try syncFolder(path) }
  }

  /// Removes a delivered entry.
  public func remove(_ key: OutboxEntry.Key) throws(Fault) {
    guard let file = files[key] else { return }
    try DurableFile.remove(path + "/" + file.name)
    forget(key)
  }

  /// Keeps a refused entry aside, with the server's reason.
  public func refuse(_ key: OutboxEntry.Key, reason: String) throws(Fault) {
    guard let file = files[key], var entry = try read(key) else { return }
    entry.refusal = reason
    try DurableFile.write(try encoded(entry), to: path + "/refused/" + file.stem + ".json")
    try remove(key)
  }

  /// Makes this process the one that delivers; false if another one is. Throws `.system`.
  public func acquire() throws(Fault) -> Bool {
    guard lock < 0 else { return false }
    let descriptor = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Fault.failed("open", path + "/lock") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let isBusy = errno == EWOULDBLOCK
      let fault = Fault.failed("flock", path + "/lock")
      close(descriptor)
      if isBusy { return false }
      throw fault
    }
    lock = descriptor
    return true
  }

  /// Lets others deliver.
  public func release() {
    guard lock >= 0 else { return }
    close(lock)
    lock = -1
  }
}

extension OutboxFolder {
  private enum Loaded {
    case entry(OutboxEntry)
    case gone
    case newer
    case damaged(String)
  }

  private struct Version: Decodable { let version: Int }

  /// Brings the index up to date with the folder.
  private func scan() throws(Fault) -> [String] {
    var notices: [String] = []
    var present: Set<String> = []
    for name in try names(in: path) {
      guard let file = EntryFile(name: name), !passedOver.contains(name) else { continue }
      present.insert(file.stem)
      if let key = keys[file.stem] {
        files[key] = file
        continue
      }
      do {
        switch try load(name) {
        case .entry(let entry): remember(file, for: entry.key)
        case .gone: break
        case .damaged(let problem): notices.append(try setAside(name, problem))
        case .newer:
          passedOver.insert(name)
          notices.append("outbox entry \(name) is of a newer version, and waits for one that knows it")
        }
      } catch {
        passedOver.insert(name)
        notices.append("outbox entry \(name) cannot be read: \(error.message)")
      }
    }
    for (stem, key) in keys where !present.contains(stem) { forget(key) }
    return notices
  }

  private func load(_ name: String) throws(Fault) -> Loaded {
    let bytes: [UInt8]?
    do {
      // Escaping can double a body.
      bytes = try readFile(path + "/" + name, limit: 2 * OutboxEntry.largestBody + 65536)
    } catch  where error.code == .limit || error.code == .damaged {
      return .damaged(error.message)
    }
    guard let bytes else { return .gone }
    let data = Data(bytes)
    guard let version = try? JSONDecoder().decode(Version.self, from: data) else {
      return .damaged("no version in it")
    }
    if version.version > OutboxEntry.version { return .newer }
    guard let entry = try? JSONDecoder().decode(OutboxEntry.self, from: data) else {
      return .damaged("not an entry of version \(version.version)")
    }
    guard entry.body.count <= OutboxEntry.largestBody else { return .damaged("the body is larger than 16 MiB") }
    return .entry(entry)
  }

  private func setAside(_ name: String, _ problem: String) throws(Fault) -> String {
    guard rename(path + "/" + name, path + "/damaged/" + name) == 0 || errno == ENOENT else {
      throw Fault.failed("rename", path + "/" + name)
    }
    return "outbox entry \(name) is damaged (\(problem)); it lies in \(path)/damaged now"
  }

  private func encoded(_ entry: OutboxEntry) throws(Fault) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(entry)
    } catch {
      throw Fault(.damaged, "the result of \(entry.caseID) cannot be written down: \(error)")
    }
  }

  private func remember(_ file: EntryFile, for key: OutboxEntry.Key) {
    files[key] = file
    keys[file.stem] = key
    lastNumber = max(lastNumber, file.number)
  }

  private func forget(_ key: OutboxEntry.Key) {
    if let file = files.removeValue(forKey: key) { keys[file.stem] = nil }
  }

  /// Seconds since the file was marked: its name changed then.
  private func age(of file: EntryFile, now: Timestamp) -> Double {
    var facts = stat()
    guard stat(path + "/" + file.name, &facts) == 0 else { return 0 }
    let marked = Timestamp(nanoseconds: Int64(facts.st_ctim.tv_sec) * 1_000_000_000 + Int64(facts.st_ctim.tv_nsec))
    return max(0, now.seconds(since: marked))
  }
}
