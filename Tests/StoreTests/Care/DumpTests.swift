import GRDB
import Model
import Testing

@testable import Store

/// Export and import, with rows in every table.
@Suite struct DumpTests {
  /// A store with rows everywhere.
  private func withFilled(_ body: (ResultStore) async throws -> Void) async throws {
    try await withStore(identity: "0123456789") { store, _ in
      try await store.write { try TableFiller.fill($0) }
      try await body(store)
    }
  }

  /// Imports rows as often as it takes, as the command line does.
  private func load(_ rows: [TableRow], into store: ResultStore, _ choice: TableChoice) async throws -> [LoadOutcome] {
    var load = try await StoreLoad(into: store, choice)
    var outcomes = try await load.add(rows)
    while true {
      let early = outcomes.indices.filter { outcomes[$0] == .orphan }
      let again = try await load.add(early.map { rows[$0] })
      for (index, outcome) in zip(early, again) { outcomes[index] = outcome }
      if again.filter({ $0 == .orphan }).count == early.count { return outcomes }
    }
  }

  @Test func everyTableComesBackAsItWas() async throws {
    let choice = TableChoice(withTokens: true)
    try await withFilled { store in
      let rows = try await store.everyRow(withTokens: true)
      let tables = try await store.read { try TableShape.all($0).map(\.name) }
      #expect(Set(rows.map(\.table)) == Set(tables))
      #expect(tables.count >= 5)
      try await withStore { copy, path in
        let outcomes = try await load(rows, into: copy, choice)
        // A pod brings its number along; the line of it is there already then.
        #expect(outcomes.allSatisfy { $0 == .added || $0 == .present }, "\(outcomes.filter { $0 != .added })")
        #expect(try await copy.everyRow(withTokens: true) == rows)
        let again = try await load(rows, into: copy, choice)
        #expect(again.allSatisfy { $0 == .present }, "\(again.filter { $0 != .present })")
        let problems = try StoreInspection.check(path, only: [.integrity, .references]).flatMap(\.problems)
        #expect(problems.isEmpty)
      }
    }
  }

  @Test func tokensStayBehindUnlessTheyAreAskedFor() async throws {
    try await withFilled { store in
      let rows = try await store.everyRow()
      #expect(!rows.isEmpty && !rows.contains { $0.table.hasPrefix("token") })
      try await withStore { copy, _ in
        let token = TableRow(table: "tokens", cells: [.init(column: "name", value: .text("x"))])
        let outcomes = try await load([token], into: copy, TableChoice())
        guard case .refused = outcomes.first else {
          Issue.record("\(outcomes)")
          return
        }
      }
    }
  }

  @Test func aDialectIsExportedAlone() async throws {
    try await withFilled { store in
      for dialect in TableChoice.dialects {
        let rows = Rows()
        let count = try await store.dump(
          TableChoice(dialect: dialect), begin: { #expect($0.identity == "0123456789") }, sink: { rows.add($0) })
        #expect(rows.all.count == count)
        #expect(rows.all.allSatisfy { TableChoice.dialect(of: $0.table) == dialect })
      }
    }
  }

  @Test(arguments: [
    (
      "another row with this key", TableRow("projects", ["key": .integer(1), "id": .text("x"), "name": .text("y")]),
      false
    ),
    ("a column that is not there", TableRow("projects", ["colour": .text("red")]), true),
    ("a table that is not there", TableRow("sqlite_schema", ["name": .text("x")]), true),
    ("a table that is no data", TableRow("store", ["identity": .text("x")]), true),
    ("a wrong type", TableRow("projects", ["key": .text("one")]), true),
    ("a null where none may be", TableRow("projects", ["key": .integer(9), "name": .null]), true),
    ("nothing", TableRow("projects", [:]), true),
  ])
  func whatDoesNotFitIsNamedAndStopsNothing(_ what: String, _ row: TableRow, _ isRefused: Bool) async throws {
    try await withFilled { store in
      let good = TableRow(
        "projects",
        ["key": .integer(77), "id": .text("i"), "created": .integer(0), "creator": .text(""), "name": .text("new")])
      var row = row
      if !isRefused {
        row.cells += [.init(column: "created", value: .integer(0)), .init(column: "creator", value: .text(""))]
      }
      let outcomes = try await load([row, good], into: store, TableChoice())
      switch outcomes[0] {
      case .refused: #expect(isRefused, "\(what)")
      case .conflict: #expect(!isRefused, "\(what)")
      default: Issue.record("\(what): \(outcomes[0])")
      }
      #expect(outcomes[1] == .added)
    }
  }

  @Test func onlyAnEmptyStoreTakesAnIdentity() async throws {
    try await withStore { store, _ in
      let load = try await StoreLoad(into: store, TableChoice())
      #expect(try await !load.adopt("ABCDEF0123"))
      #expect(try await !load.adopt("01234567890"))
      #expect(try await load.adopt("abcdef0123"))
      try await store.declare()
      #expect(try await store.add(.sample()).rawValue.dropFirst(8).hasPrefix("abcdef0123"))
      #expect(try await !load.adopt("0000000000"))
    }
  }

  @Test func anExportIsOfOneMoment() async throws {
    try await withStore { store, path in
      try await store.declare()
      for _ in 0..<50 { try await store.add(.sample()) }
      let other = try DatabaseQueue(path: path)
      let rows = Rows()
      _ = try await store.dump(
        TableChoice(), begin: { _ in },
        sink: { row in
          if row.table == "pods" { try other.write { try $0.execute(sql: "DELETE FROM results") } }
          rows.add(row)
        })
      try other.close()
      #expect(rows.all.filter { $0.table == "results" }.count == 50)
      #expect(try await store.everything(ResultFilter()).results.isEmpty)
    }
  }
}

extension TableRow {
  fileprivate init(_ table: String, _ cells: [String: Value]) {
    self.init(table: table, cells: cells.sorted { $0.key < $1.key }.map { Cell(column: $0.key, value: $0.value) })
  }
}
