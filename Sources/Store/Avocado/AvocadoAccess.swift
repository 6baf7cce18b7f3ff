import GRDB
import Model

extension ResultStore {
  /// Does something in the writer's next transaction. What the work throws and is no error of the database comes through
  /// as it is, and undoes what the work did.
  func change<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do { return try await writer.perform(work) } catch let error as DatabaseError { throw StoreFault.using(error) }
  }

  /// Reads from one snapshot; errors as with ``change(_:)``.
  func look<Value: Sendable>(_ work: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
    do { return try await pool.read(work) } catch let error as DatabaseError { throw StoreFault.using(error) }
  }
}

extension Database {
  /// A part of a list; counts and selects with SQL of our own, to which the window's limit and offset are added.
  func page<Value: Sendable>(
    count: String, select: String, arguments: StatementArguments = [], window: AvocadoWindow, _ read: (Row) -> Value
  ) throws -> AvocadoPage<Value> {
    let total = try Int.fetchOne(cachedStatement(sql: count), arguments: arguments) ?? 0
    let (offset, limit) = try window(total)
    let rows = try Row.fetchAll(
      cachedStatement(sql: select + " LIMIT ? OFFSET ?"), arguments: arguments + [limit, offset])
    return AvocadoPage(total: total, rows: rows.map(read))
  }

  /// One row of ours.
  func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
    try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }
}
