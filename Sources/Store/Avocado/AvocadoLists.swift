import GRDB
import Model

/// The lists beside the jobs, each row of which is a few texts.
public enum AvocadoList: Sendable {
  case kinds, arches, components, distros, environments

  /// The texts of a row, in the order in which they are read and written. An environment is shown by its distribution.
  public var fields: [String] {
    switch self {
    case .kinds, .arches: ["name"]
    case .components: ["name", "version", "release", "checksum", "kind", "arch"]
    case .distros, .environments: ["name", "version", "release", "arch"]
    }
  }

  fileprivate var table: String {
    switch self {
    case .kinds: "avocado_kinds"
    case .arches: "avocado_arches"
    case .components: "avocado_components"
    case .distros: "avocado_distros"
    case .environments: "avocado_environments"
    }
  }

  fileprivate var columns: [String] { self == .environments ? ["distro"] : fields }

  /// Reads the texts, for rows of the table `t`.
  fileprivate var select: String {
    switch self {
    case .kinds, .arches: "SELECT t.name FROM \(table) AS t"
    case .components:
      """
      SELECT t.name, t.version, t.release, t.checksum, k.name, a.name FROM avocado_components AS t
        JOIN avocado_kinds AS k ON k.key = t.kind JOIN avocado_arches AS a ON a.key = t.arch
      """
    case .distros: "SELECT t.name, t.version, t.release, t.arch FROM avocado_distros AS t"
    case .environments:
      """
      SELECT d.name, d.version, d.release, d.arch FROM avocado_environments AS t
        JOIN avocado_distros AS d ON d.key = t.distro
      """
    }
  }
}

/// Rows that are named and not there: the fields that name them.
public struct AvocadoUnknown: Error, Hashable, Sendable {
  /// `kind`, `arch`, `distro`.
  public var fields: [String]
}

extension ResultStore {
  /// Adds a row.
  /// - Parameter texts: one for each field.
  /// - Throws: ``AvocadoUnknown``, `exists` if there is such a row.
  public func addAvocadoRow(_ texts: [String], to list: AvocadoList) async throws {
    try await change { db in
      let values = try list.values(texts, db)
      if try list.key(values, db) != nil { throw AvocadoProblem.exists }
      let marks = values.map { _ in "?" }.joined(separator: ", ")
      try db.run(
        "INSERT INTO \(list.table) (\(list.columns.joined(separator: ", "))) VALUES (\(marks))",
        StatementArguments(values))
    }
  }

  /// A part of a list, in the order of arrival.
  public func avocadoRows(of list: AvocadoList, window: @escaping AvocadoWindow) async throws -> AvocadoPage<[String]> {
    try await look { db in
      try db.page(
        count: "SELECT count(*) FROM \(list.table)", select: "\(list.select) ORDER BY t.key", window: window,
        list.texts)
    }
  }

  /// A row by its number.
  /// - Throws: `absent`.
  public func avocadoRow(_ key: Int64, of list: AvocadoList) async throws -> [String] {
    try await look { db in try list.fetch(key, db) }
  }

  /// Changes a row; fields that are not named stay.
  /// - Throws: `absent`, ``AvocadoUnknown``, `exists` if there is such a row already.
  public func changeAvocadoRow(_ key: Int64, of list: AvocadoList, to texts: [String: String]) async throws -> [String]
  {
    try await change { db in
      let changed = zip(list.fields, try list.fetch(key, db)).map { texts[$0] ?? $1 }
      let values = try list.values(changed, db)
      if let other = try list.key(values, db), other != key { throw AvocadoProblem.exists }
      let settings = list.columns.map { "\($0) = ?" }.joined(separator: ", ")
      try db.run("UPDATE \(list.table) SET \(settings) WHERE key = ?", StatementArguments(values) + [key])
      return changed
    }
  }

  /// Removes a row.
  /// - Throws: `absent`, `tied` if another row names it.
  public func removeAvocadoRow(_ key: Int64, of list: AvocadoList) async throws {
    try await change { db in
      _ = try list.fetch(key, db)
      do {
        try db.run("DELETE FROM \(list.table) WHERE key = ?", [key])
      } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
        throw AvocadoProblem.tied
      }
    }
  }
}

extension AvocadoList {
  fileprivate func texts(_ row: Row) -> [String] { fields.indices.map { row[$0] } }

  fileprivate func fetch(_ key: Int64, _ db: Database) throws -> [String] {
    guard let row = try db.row("\(select) WHERE t.key = ?", [key]) else { throw AvocadoProblem.absent }
    return texts(row)
  }

  /// What stands in the columns for a row of texts.
  fileprivate func values(_ texts: [String], _ db: Database) throws -> [any DatabaseValueConvertible] {
    var unknown: [String] = []
    func key(_ field: String, of list: AvocadoList, _ texts: [String]) throws -> Int64 {
      if let key = try list.key(texts, db) { return key }
      unknown.append(field)
      return 0
    }
    var values: [any DatabaseValueConvertible] = texts
    switch self {
    case .kinds, .arches, .distros: break
    case .components:
      values[4] = try key("kind", of: .kinds, [texts[4]])
      values[5] = try key("arch", of: .arches, [texts[5]])
    case .environments: values = [try key("distro", of: .distros, texts)]
    }
    guard unknown.isEmpty else { throw AvocadoUnknown(fields: unknown) }
    return values
  }

  /// The row that holds exactly these values; of environments there may be equal ones.
  fileprivate func key(_ values: [any DatabaseValueConvertible], _ db: Database) throws -> Int64? {
    guard self != .environments else { return nil }
    let conditions = columns.map { "\($0) = ?" }.joined(separator: " AND ")
    return try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT key FROM \(table) WHERE \(conditions)"), arguments: StatementArguments(values))
  }
}
