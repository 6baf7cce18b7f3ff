import GRDB
import Synchronization

/// Keeps the log small. SQLite begins it anew only when nobody reads from it, which under steady load from many readers
/// may never be the case by itself.
final class WriteAheadLog: Sendable {
  /// What it takes usually, in bytes: it is cut to this when it begins anew.
  static let usualSize: Int64 = 32 << 20
  /// From when on readers are waited for.
  private static let largeSize: Int64 = 64 << 20

  private let path: String
  /// Where to try next: a reader in another process may go on for hours, and is not waited for each time.
  private let limit = Mutex(largeSize)

  init(of store: String) { path = store + "-wal" }

  /// Begins the log anew if it has become large. Called on the writer, outside of a transaction.
  func keepSmall(_ db: Database) {
    guard StoreFile.size(path) > limit.withLock({ $0 }) else { return }
    // A reader that stays is no failure; the log is as good as before.
    try? Self.empty(db)
    let size = StoreFile.size(path)
    limit.withLock { $0 = max(Self.largeSize, size * 2) }
  }

  /// Writes the log into the file, and waits up to a second for those who read from it.
  /// - Throws: what SQLite says if somebody still reads, or the disk is full.
  static func empty(_ db: Database) throws {
    try db.execute(sql: "PRAGMA busy_timeout = 1000")
    defer { try? db.execute(sql: "PRAGMA busy_timeout = 10000") }
    _ = try db.checkpoint(.truncate)
  }
}
