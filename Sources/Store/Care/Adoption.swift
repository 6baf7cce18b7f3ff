import GRDB
import Model

/// A record of another collection API's database, that is to keep its id.
public struct AdoptedRecord: Sendable {
  /// The table, which is one of ``tables``.
  public var table: String
  /// The id.
  public var id: ObjectID
  /// When it was made; nil: when its id says.
  public var created: Timestamp?
  /// What it says about itself. What the table has no column for is left out.
  public var members: [String: StoredValue]

  /// The tables that take such records, those that others name first.
  public static let tables = ["pods", "projects", "testcases", "results", "deployresults", "scenarios"]

  /// Makes a record.
  public init(table: String, id: ObjectID, created: Timestamp?, members: [String: StoredValue]) {
    self.table = table
    self.id = id
    self.created = created
    self.members = members
  }
}

/// Puts records of another collection API's database into a store, many a transaction.
public struct Adoption: Sendable {
  private let store: ResultStore
  private let shapes: [String: TableShape]
  private var pace = Pace()

  /// What came of a record, and what was declared for it: a pod, project or case that it names and that was not there.
  public struct Outcome: Hashable, Sendable {
    /// What came of it.
    public var outcome: LoadOutcome
    /// What was declared, in words.
    public var declared: [String]
  }

  /// - Parameter store: where to.
  public init(into store: ResultStore) async throws(Fault) {
    self.store = store
    shapes = try await store.read { db in
      let all = try TableShape.all(db).filter { AdoptedRecord.tables.contains($0.name) }
      return Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }
  }

  /// Records that the next transaction should have.
  public var batch: Int { pace.rows }

  /// Adds records in one transaction; one that cannot be added stops no other.
  public mutating func add(_ records: [AdoptedRecord]) async throws(Fault) -> [Outcome] {
    let (shapes, now) = (shapes, store.clock())
    return try await store.paced(&pace) { db in
      try records.map { record in
        guard let shape = shapes[record.table] else {
          return Outcome(outcome: .refused("there is no table \(record.table)"), declared: [])
        }
        return try record.insert(as: shape, now: now, db)
      }
    }
  }
}

extension AdoptedRecord {
  fileprivate func insert(as shape: TableShape, now: Timestamp, _ db: Database) throws -> Adoption.Outcome {
    if try db.finds("SELECT 1 FROM \(shape.name) WHERE id = ?", [id.rawValue]) {
      return Adoption.Outcome(outcome: .present, declared: [])
    }
    let key = try freeKey(in: shape, db)
    let cells = cells(of: shape, key: key)
    if let missing = shape.required.subtracting(cells.map(\.column)).sorted().first {
      return Adoption.Outcome(outcome: .refused("\(missing) is missing"), declared: [])
    }
    var outcome = Adoption.Outcome(outcome: .added, declared: [])
    try db.inSavepoint {
      outcome.declared = try declareParents(now: now, db)
      outcome.outcome = try shape.add(cells, db)
      guard outcome.outcome == .added else {
        outcome.declared = []
        return .rollback
      }
      try addDetails(key: key, db)
      return .commit
    }
    return outcome
  }

  /// The id's own seconds and count, unless another id has these.
  private func freeKey(in shape: TableShape, _ db: Database) throws -> Int64 {
    let seconds = Int64(id.rawValue.prefix(8), radix: 16) ?? 0
    var key = seconds << 24 | (Int64(id.rawValue.suffix(6), radix: 16) ?? 0)
    while try db.finds("SELECT 1 FROM \(shape.name) WHERE key = ?", [key]) { key += 1 }
    return key
  }

  private func cells(of shape: TableShape, key: Int64) -> [TableRow.Cell] {
    let time = created ?? Timestamp(nanoseconds: (Int64(id.rawValue.prefix(8), radix: 16) ?? 0) * 1_000_000_000)
    return shape.columns.compactMap { column in
      let value: TableRow.Value? =
        switch column {
        case "key": .integer(key)
        case "id": .text(id.rawValue)
        case "created": .integer(time.nanoseconds)
        case "creator": .text(text(column) ?? "")
        case "request_key": nil
        default:
          switch shape.types[column] {
          case "TEXT": text(column).map(TableRow.Value.text)
          case "ANY": members[column].map { TableRow.Value($0.bound) }
          case "INTEGER": text(column).flatMap(Int64.init).map(TableRow.Value.integer)
          case "REAL": text(column).flatMap(Double.init).map(TableRow.Value.real)
          default: nil
          }
        }
      return value.map { TableRow.Cell(column: column, value: $0) }
    }
  }

  /// A member as text: a name that the other server took for a number is its digits.
  private func text(_ member: String) -> String? {
    switch members[member] {
    case .string(let text), .json(let text): text
    case .null, nil: nil
    }
  }

  /// Adds what the record names and what is not there.
  private func declareParents(now: Timestamp, _ db: Database) throws -> [String] {
    var declared: [String] = []
    if let pod = text("pod_name"), try !db.finds("SELECT 1 FROM pods WHERE name = ?", [pod]) {
      let (key, id) = try Table.pods.nextID(db, now: now)
      try db.run(
        "INSERT INTO pods (key, id, created, creator, name) VALUES (?, ?, ?, '', ?)",
        [key, id.rawValue, now.nanoseconds, pod])
      declared.append("pod \(pod)")
    }
    guard table == "results" || table == "testcases", let project = text("project_name") else { return declared }
    if try !db.finds("SELECT 1 FROM projects WHERE name = ?", [project]) {
      let (key, id) = try Table.projects.nextID(db, now: now)
      try db.run(
        "INSERT INTO projects (key, id, created, creator, name) VALUES (?, ?, ?, '', ?)",
        [key, id.rawValue, now.nanoseconds, project])
      declared.append("project \(project)")
    }
    if let name = text("case_name"), try !TestCase.exists(name, in: project, db) {
      let (key, id) = try Table.testcases.nextID(db, now: now)
      try db.run(
        "INSERT INTO testcases (key, id, created, project_name, name) VALUES (?, ?, ?, ?, ?)",
        [key, id.rawValue, now.nanoseconds, project, name])
      declared.append("case \(name) of \(project)")
    }
    return declared
  }

  private func addDetails(key: Int64, _ db: Database) throws {
    guard let place = ["results": "details", "deployresults": "deploydetails"][table] else { return }
    // JSON text of any value; strings are quoted by SQLite.
    switch members["details"] ?? .null {
    case .null: try db.run("INSERT INTO \(place) (key, json) VALUES (?, 'null')", [key])
    case .json(let text): try db.run("INSERT INTO \(place) (key, json) VALUES (?, ?)", [key, text])
    case .string(let text): try db.run("INSERT INTO \(place) (key, json) VALUES (?, json_quote(?))", [key, text])
    }
  }
}
