import GRDB
import Glibc
import Model

/// Copies of a store: made while it is in use, and put in its place. A copy is one file without `-wal` and `-shm`.
public enum StoreBackup {
  /// Copies a store as it is at one moment; whoever writes meanwhile does not wait. The copy has its name once it is
  /// complete, checked and on disk.
  /// - Parameters:
  ///   - store: the store's file.
  ///   - target: the copy's.
  ///   - replacing: whether a file of the copy's name may go.
  /// - Returns: the copy's bytes.
  /// - Throws: `notFound` if there is no store, `usage` if the target is there, `damaged` if the store is.
  public static func make(of store: String, at target: String, replacing: Bool) throws(Fault) -> Int64 {
    guard StoreFile.exists(store) else { throw StoreFault.missing(store) }
    guard replacing || !StoreFile.exists(target) else {
      throw Fault(.usage, "\(target) is there already", hint: "--force replaces it")
    }
    guard StoreFile.resolved(store) != StoreFile.resolved(target) else {
      throw Fault(.usage, "\(target) is the store itself", hint: "name another file")
    }
    return try withCopy(of: store, beside: target) { copy throws(Fault) in
      try StoreFile.place(copy, at: target, replacing: replacing)
      return StoreFile.size(target)
    }
  }

  /// Puts a backup in a store's place. Nobody may use the store; what was there before goes when the new one is on disk.
  /// - Parameters:
  ///   - backup: the backup's file, which stays.
  ///   - store: the store's file, which need not exist.
  ///   - keepingOld: whether what was there before stays beside it.
  /// - Returns: where the old store is, if it was kept.
  /// - Throws: `busy` if the store is in use, `damaged` if the backup is, or is no store.
  public static func restore(_ backup: String, to store: String, keepingOld: Bool) throws(Fault) -> String? {
    guard StoreFile.exists(backup) else { throw Fault(.notFound, "there is no backup at \(backup)") }
    let place = StoreFile.resolved(store)
    guard place != StoreFile.resolved(backup) else { throw Fault(.usage, "\(store) is the backup itself") }
    let lock = try StoreLock(alone: place)
    defer { lock.release() }
    return try withCopy(of: backup, beside: place) { copy throws(Fault) in
      let old = try setAside(place)
      try StoreFile.place(copy, at: place, replacing: true)
      guard let old else { return nil }
      if keepingOld { return old }
      for suffix in ["", "-wal"] { unlink(old + suffix) }
      return nil
    }
  }

  /// Gives the old file a second name, and its log with it: a log that stayed would be played into the new file.
  private static func setAside(_ place: String) throws(Fault) -> String? {
    guard StoreFile.exists(place) else { return nil }
    // Writes the log into the file and removes it; one that is damaged stays, and moves.
    if let queue = try? DatabaseQueue(path: place) {
      try? queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      try? queue.close()
    }
    let old = try StoreFile.temporary(beside: place, "old")
    unlink(old)
    guard link(place, old) == 0 else { throw StoreFile.failed("keep", place) }
    if StoreFile.exists(place + "-wal"), rename(place + "-wal", old + "-wal") != 0 {
      throw StoreFile.failed("keep", place + "-wal")
    }
    unlink(place + "-shm")
    try StoreFile.syncFolder(of: place)
    return old
  }

  /// Lends a checked and synced copy of a store, which goes if it was not given a name.
  private static func withCopy<Value>(
    of store: String, beside target: String, _ body: (String) throws(Fault) -> Value
  ) throws(Fault) -> Value {
    let copy = try StoreFile.temporary(beside: target)
    defer { unlink(copy) }
    do {
      let source = try StoreInspection.open(store)
      defer { try? source.close() }
      try source.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
    } catch {
      throw StoreFault.reading(store, error)
    }
    let problems = try StoreInspection.check(copy, only: [.integrity]).flatMap(\.problems)
    guard problems.isEmpty else {
      throw Fault(.damaged, "\(store) is damaged: \(problems[0])", hint: "`sortie store check` says more")
    }
    // An empty file is a sound database, too.
    guard try StoreInspection.isStore(copy) else {
      throw Fault(
        .damaged, "\(store) is no store of sortie, or a newer release's", hint: "`sortie store check` says more")
    }
    try StoreFile.sync(copy)
    return try body(copy)
  }
}
