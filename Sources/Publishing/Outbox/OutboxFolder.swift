import CrashPoints
import Dialects
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
    /// The run it comes from.
    public var run: RunID
    /// Where it stands among others.
    public var traits: EntryTraits
    /// How many seconds ago it may have been sent; nil: it was not.
    public var sentBefore: Double?
  }

  private struct Known {
    var file: EntryFile
    let run: RunID
    let traits: EntryTraits
  }

  private let executor: ThreadExecutor
  let path: String
  private var files: [OutboxEntry.Key: Known] = [:]
  private var keys: [String: OutboxEntry.Key] = [:]
  private var passedOver: Set<String> = []
  private var lastNumber: Int64 = 0
  private var lock: CInt = -1
  /// How many hold the lock by ``hold()``.
  private var holders = 0

  /// Everything about the folder happens on a thread of its own.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens `STATE/outbox`, and makes it where it is not there yet. Throws `.system`.
  public init(_ path: String) throws(Fault) {
    self.path = path
    for folder in ["", "/refused", "/damaged", "/trouble"] { try makeFolder(path + folder) }
    executor = try ThreadExecutor()
  }

  deinit {
    if lock >= 0 { close(lock) }
    executor.stop()
  }

  /// Puts an entry in; when this returns it survives anything. One that lies here already stays as it is. Throws
  /// `.limit` for a body beyond ``OutboxEntry/largestBody``, `.system` if the disk does not take it.
  public func store(_ entry: OutboxEntry) throws(Fault) { _ = try put(entry, isSent: false) }

  /// Puts in an entry that an earlier process may have sent; false if it lies here already, waiting or refused. Throws
  /// as ``store(_:)``.
  public func storeAgain(_ entry: OutboxEntry) throws(Fault) -> Bool {
    let mark = EntryFile(number: 0, key: entry.key).hash
    for name in try names(in: path + "/refused") {
      if let file = EntryFile(name: name), file.hash == mark { return false }
    }
    return try put(entry, isSent: true)
  }

  /// Which of these wait here, and which were refused.
  func places(of keys: [OutboxEntry.Key]) throws(Fault) -> (waiting: Set<SubmissionID>, refused: Set<SubmissionID>) {
    _ = try scan()
    let refused = Set(try names(in: path + "/refused").compactMap { EntryFile(name: $0)?.hash })
    let isRefused = { (key: OutboxEntry.Key) in refused.contains(EntryFile(number: 0, key: key).hash) }
    return (
      Set(keys.filter { files[$0] != nil }.map(\.submission)), Set(keys.filter(isRefused).map(\.submission))
    )
  }

  private func put(_ entry: OutboxEntry, isSent: Bool) throws(Fault) -> Bool {
    guard entry.body.count <= OutboxEntry.largestBody else {
      throw Fault(
        .limit, "the result of \(entry.title) has \(entry.body.count) bytes; the outbox takes up to 16 MiB",
        hint: "let the case report fewer details")
    }
    if keys.isEmpty { _ = try scan() }
    guard files[entry.key] == nil else { return false }
    lastNumber = max(lastNumber + 1, entry.created.nanoseconds)
    var file = EntryFile(number: lastNumber, key: entry.key)
    file.isSent = isSent
    try write(Array(try encoded(entry)), to: path + "/" + file.name)
    remember(file, for: entry)
    return true
  }

  /// All entries in the order they were put in, by whatever process, and sentences about files that are none. Damaged
  /// files are set aside. `now` is the wall clock's time.
  public func list(now: Timestamp) throws(Fault) -> (entries: [Listed], notices: [String]) {
    let notices = try scan()
    try sweep(now: now)
    let entries = files.sorted { $0.value.file.stem < $1.value.file.stem }.map { key, known in
      Listed(
        key: key, run: known.run, traits: known.traits,
        sentBefore: known.file.isSent ? age(of: known.file, now: now) : nil)
    }
    return (entries, notices)
  }

  /// An entry with its body; nil if it is gone: delivered by another process, or found damaged and set aside.
  public func read(_ key: OutboxEntry.Key) throws(Fault) -> OutboxEntry? {
    guard let file = files[key]?.file else { return nil }
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
    guard var file = files[key]?.file, file.isSent != isSent else { return }
    let old = file.name
    file.isSent = isSent
    guard rename(path + "/" + old, path + "/" + file.name) == 0 else { throw Fault.failed("rename", path + "/" + old) }
    files[key]?.file = file
    // Going back is a convenience: after a power cut the server is asked once too often.
    if isSent { try syncFolder(path) }
  }

  /// Removes a delivered entry.
  public func remove(_ key: OutboxEntry.Key) throws(Fault) {
    guard let file = files[key]?.file else { return }
    // A crash while it was being set aside may have left a second copy there.
    let aside = path + "/refused/" + file.stem + ".json"
    guard unlink(aside) == 0 || errno == ENOENT else { throw Fault.failed("unlink", aside) }
    try DurableFile.remove(path + "/" + file.name)
    forget(key)
  }

  /// Keeps a refused entry aside, with the server's reason.
  public func refuse(_ key: OutboxEntry.Key, reason: String) throws(Fault) {
    guard let file = files[key]?.file, var entry = try read(key) else { return }
    entry.refusal = reason
    try DurableFile.write(try encoded(entry), to: path + "/refused/" + file.stem + ".json")
    try DurableFile.remove(path + "/" + file.name)
    forget(key)
  }

  /// Makes this process the one that delivers; false if another one is, or somebody here already. Throws `.system`.
  public func acquire() throws(Fault) -> Bool {
    guard holders == 0 else { return false }
    return try hold()
  }

  /// Lets others deliver.
  public func release() {
    holders = 0
    unlock()
  }

  /// As ``acquire()``, for several at once within this process: each lets go with ``letGo()``.
  func hold() throws(Fault) -> Bool {
    if holders == 0 { guard try take() else { return false } }
    holders += 1
    return true
  }

  /// Ends one ``hold()``; with the last one, others may deliver.
  func letGo() {
    holders = max(0, holders - 1)
    if holders == 0 { unlock() }
  }

  private func take() throws(Fault) -> Bool {
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

  private func unlock() {
    if lock >= 0 { close(lock) }
    lock = -1
  }
}

extension OutboxFolder {
  enum Loaded {
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
        files[key]?.file = file
        continue
      }
      do {
        switch try load(name) {
        case .entry(let entry): remember(file, for: entry)
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

  /// Deletes what processes that died left half-written an hour ago or earlier.
  private func sweep(now: Timestamp) throws(Fault) {
    for name in try names(in: path) where name.hasSuffix(".part") && EntryFile(name: String(name.dropLast(5))) != nil {
      var facts = stat()
      guard stat(path + "/" + name, &facts) == 0 else { continue }
      if now.nanoseconds / 1_000_000_000 - Int64(facts.st_mtim.tv_sec) > 3600 { unlink(path + "/" + name) }
    }
  }

  func load(_ name: String) throws(Fault) -> Loaded {
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
      throw Fault(.damaged, "\(entry.title) cannot be written down: \(error)")
    }
  }

  private func remember(_ file: EntryFile, for entry: OutboxEntry) {
    files[entry.key] = Known(file: file, run: entry.run, traits: entry.traits)
    keys[file.stem] = entry.key
    lastNumber = max(lastNumber, file.number)
  }

  private func forget(_ key: OutboxEntry.Key) {
    if let known = files.removeValue(forKey: key) { keys[known.file.stem] = nil }
  }

  /// Writes a new file durably: beside its place, synced, renamed, the folder synced.
  private func write(_ bytes: [UInt8], to place: String) throws(Fault) {
    let beside = place + ".part"
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Fault.failed("open", beside) }
    defer { close(descriptor) }
    do throws(Fault) {
      try writeAll(bytes, to: descriptor, path: beside)
      guard fdatasync(descriptor) == 0 else { throw Fault.failed("fdatasync", beside) }
      CrashPoint.entryWritten.reach()
      guard rename(beside, place) == 0 else { throw Fault.failed("rename", place) }
    } catch {
      unlink(beside)
      throw error
    }
    try syncFolder(path)
    CrashPoint.entryDurable.reach()
  }

  /// Seconds since the file was marked: its name changed then.
  private func age(of file: EntryFile, now: Timestamp) -> Double {
    var facts = stat()
    guard stat(path + "/" + file.name, &facts) == 0 else { return 0 }
    let marked = Timestamp(nanoseconds: Int64(facts.st_ctim.tv_sec) * 1_000_000_000 + Int64(facts.st_ctim.tv_nsec))
    return max(0, now.seconds(since: marked))
  }
}
