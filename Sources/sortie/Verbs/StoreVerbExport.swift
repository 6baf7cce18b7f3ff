import ArgumentParser
import Collection
import Dialects
import Model
import Store

struct StoreExportVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write everything in a store as JSON lines.",
    discussion: """
      Examples:
        sortie store export > all.jsonl                         everything but tokens
        sortie store export --dialect paddles | zstd > p.zst    the tables of one dialect
        sortie store export | grep '"table":"results"'          a row a line

      All rows are of one moment, while `sortie serve` goes on. docs/store.md explains the lines.
      """)

  @OptionGroup var options: StoreOptions

  @Option(help: "Only the tables of one dialect: testapi, paddles or avocado.")
  var dialect: DialectName?

  @Flag(help: "Tokens too: the hashes that are kept of them.")
  var withTokens = false

  func run() async throws {
    let store = try options.open()
    let output = LineOutput()
    let rows = try await store.dump(
      TableChoice(dialect: dialect?.rawValue, withTokens: withTokens),
      begin: { origin in
        let header = StoreLine.header(
          version: StoreLine.version, identity: origin.identity, schema: origin.schema)
        try output.write(header.bytes)
      },
      sink: { row in try output.write(StoreLine(row).bytes) })
    try output.write(StoreLine.end(rows: rows).bytes)
    try output.flush()
    try store.close()
  }
}

extension StoreLine {
  /// The line of a row.
  init(_ row: TableRow) {
    self = .row(
      table: row.table, cells: row.cells.map { Cell(column: $0.column, value: Value($0.value)) })
  }
}

extension StoreLine.Value {
  fileprivate init(_ value: TableRow.Value) {
    switch value {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text(let text): self = .text(text)
    case .blob(let bytes): self = .bytes(bytes)
    }
  }
}

extension TableRow.Value {
  /// What stands in a line, as the store keeps it.
  init(_ value: StoreLine.Value) {
    switch value {
    case .null: self = .null
    case .integer(let number): self = .integer(number)
    case .real(let number): self = .real(number)
    case .text(let text): self = .text(text)
    case .bytes(let bytes): self = .blob(bytes)
    }
  }
}
