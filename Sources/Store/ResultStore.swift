import GRDB
import Logging
import Model

/// The collection API's memory: one SQLite file in WAL mode with `synchronous=FULL`. Many readers and one writer, which
/// puts what waits into one transaction (``GroupCommit``). A call that writes returns once its rows are on disk.
public struct ResultStore: Sendable {
  let pool: DatabasePool
  let writer: GroupCommit
  let counts = RowCounts()
  private let lanes = ReadLanes()
  let clock: @Sendable () -> Timestamp
  /// The files that were opened.
  let files: OpenedFiles
  /// Tells others that the file is in use.
  private let lock: StoreLock

  /// Opens a store, and makes or upgrades its file where that is needed.
  /// - Parameters:
  ///   - path: the file; its folder must exist.
  ///   - identity: ten hexadecimal digits for the ids of a new store; nil: random ones.
  ///   - clock: the time, for ids and creation dates.
  ///   - logger: hears about failures of the disk.
  /// - Throws: `system` if the file cannot be opened, `damaged` if it is no store or one of a newer release, `busy` while
  ///   it is restored.
  public init(path: String, identity: String? = nil, clock: @escaping @Sendable () -> Timestamp, logger: Logger)
    throws(Fault)
  {
    do {
      lock = try StoreLock(sharing: path)
      StoreFile.makePrivate(path)
      pool = try DatabasePool(path: path, configuration: Self.configuration)
      try Schema.migrate(pool, identity: identity)
      // GRDB turns FULL to NORMAL while it opens the pool; a power cut could then take what was confirmed.
      try pool.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // Opens the log, too.
        _ = try String.fetchOne(db, sql: "SELECT identity FROM store")
      }
      files = OpenedFiles(path)
    } catch let fault as Fault {
      throw fault
    } catch {
      throw StoreFault.opening(path, error)
    }
    writer = GroupCommit(pool: pool, files: files, logger: logger)
    self.clock = clock
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.maximumReaderCount = ReadLanes.readers
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000")
      try db.execute(sql: "PRAGMA journal_size_limit = \(WriteAheadLog.usualSize)")
    }
    return configuration
  }

  /// The durability the writer really has, as SQLite names it: journal mode `wal`, synchronous 2 (FULL).
  public func durability() async throws(Fault) -> (journal: String, synchronous: Int) {
    try await write { db in
      let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
      return (journal, try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1)
    }
  }

  /// Writes the log into the file and closes it; calls after this fail. The log stays if another process reads it for
  /// more than a second, and nothing of it is lost then.
  /// - Throws: `system` if something is still going on in it.
  public func close() throws(Fault) {
    try? pool.writeWithoutTransaction { try WriteAheadLog.empty($0) }
    do { try pool.close() } catch { throw StoreFault.using(error) }
    lock.release()
  }

  /// Does something in the writer's next transaction and returns once it is on disk.
  func write<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws(Fault) -> Value {
    do { return try await writer.perform(work) } catch { throw StoreFault.using(error) }
  }

  /// Reads from one snapshot.
  func read<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws(Fault) -> Value {
    do { return try await pool.read(work) } catch { throw StoreFault.using(error) }
  }

  /// Reads from one snapshot what may take long, once there is a place for reads that go so far.
  func read<Value: Sendable>(
    reaching reach: ReadReach, _ work: @escaping @Sendable (Database) throws -> Value
  ) async throws(Fault) -> Value {
    guard let lane = lanes.lane(for: reach) else { return try await read(work) }
    do {
      return try await lane.pass { try await read(work) }
    } catch {
      throw StoreFault.using(error)
    }
  }
}
