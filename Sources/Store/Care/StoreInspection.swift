import GRDB
import Logging
import Model

/// Looks at a store's file without changing anything in it, whether or not it is in use.
public enum StoreInspection {
  /// What was looked at, and what is wrong with it.
  public struct Outcome: Hashable, Sendable {
    /// What was looked at.
    public var name: String
    /// A sentence each; none: all is well.
    public var problems: [String]
  }

  /// Holds a store against everything it is held to.
  /// - Throws: `notFound` if there is no file, `damaged` if it is no database at all.
  public static func check(_ path: String) throws(Fault) -> [Outcome] {
    guard StoreFile.exists(path) else { throw StoreFault.missing(path) }
    var outcomes = try check(path, only: StoreCheck.ofTheFile)
    let schema = try read(path, schemaProblems)
    outcomes.append(Outcome(name: "schema", problems: schema))
    // Tables of another release are not there, or other ones.
    if schema.isEmpty { outcomes += try check(path, only: StoreCheck.ofTheTables) }
    return outcomes
  }

  /// Opens a sound store as a server does, and looks how it would write. Of a backup nothing is looked at: it would become
  /// a store in use.
  public static func durability(_ path: String) async throws(Fault) -> [Outcome] {
    guard try read(path, { try String.fetchOne($0, sql: "PRAGMA journal_mode") }) == "wal" else { return [] }
    let store = try ResultStore(
      path: path, clock: { Timestamp(nanoseconds: 0) }, logger: Logger(label: "sortie.store"))
    let (journal, synchronous) = try await store.durability()
    try store.close()
    let isFull = journal == "wal" && synchronous == 2
    let problem = "the journal mode is \(journal) and synchronous \(synchronous), not wal and 2"
    return [Outcome(name: "durability", problems: isFull ? [] : [problem])]
  }

  /// Whether a sound database is a store that this release can open, and not another program's, or an empty file.
  static func isStore(_ path: String) throws(Fault) -> Bool {
    try read(path) { db in
      let migrator = Schema.migrator
      return try !migrator.appliedIdentifiers(db).isEmpty && !migrator.hasBeenSuperseded(db)
    }
  }

  static func check(_ path: String, only checks: [StoreCheck]) throws(Fault) -> [Outcome] {
    try read(path) { db in try checks.map { Outcome(name: $0.name, problems: try $0.look(db)) } }
  }

  /// A connection that cannot write.
  static func open(_ path: String) throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  private static func read<Value>(_ path: String, _ body: (Database) throws -> Value) throws(Fault) -> Value {
    do {
      let queue = try open(path)
      defer { try? queue.close() }
      return try queue.read(body)
    } catch {
      throw StoreFault.reading(path, error)
    }
  }

  private static func schemaProblems(_ db: Database) throws -> [String] {
    let migrator = Schema.migrator
    if try migrator.hasBeenSuperseded(db) { return ["it was written by a newer release"] }
    let applied = try migrator.appliedIdentifiers(db)
    if applied.isEmpty { return ["this is no store of sortie"] }
    let missing = migrator.migrations.filter { !applied.contains($0) }
    return missing.isEmpty ? [] : ["it was written by an older release; the next `sortie serve` adds: \(missing)"]
  }
}
