import Dialects
import Model
import Store

/// Reads exports of stores into a store, many rows a transaction, with a bounded number of them in memory.
struct LinesImport {
  /// Where a row stands.
  private struct Place {
    var file: String
    var line: Int
    var offset: Int

    var text: String { "\(file):\(line)" }
  }

  /// Rows wait at most so many bytes for their transaction.
  private static let byteLimit = 4 << 20
  /// Rows that name others which are not there yet are read again at the end; more than so many are not.
  private static let orphanLimit = 1_000_000

  private(set) var tally: ImportTally
  private let store: ResultStore
  private var load: StoreLoad
  private var waiting: [(row: TableRow, place: Place)] = []
  private var waitingBytes = 0
  private var orphans: [Place] = []

  init(into store: ResultStore, _ choice: TableChoice, tally: ImportTally) async throws(Fault) {
    self.store = store
    self.tally = tally
    load = try await StoreLoad(into: store, choice)
  }

  /// Reads the files, one after the other, and then again what was too early.
  mutating func run(_ files: [String]) async throws(Fault) {
    for file in files { try await read(file) }
    while !orphans.isEmpty {
      let before = orphans
      orphans = []
      for place in before { try await readAgain(place) }
      try await flush()
      guard orphans.count < before.count else { break }
    }
    for place in orphans { try tally.count(.orphan, at: place.text) }
  }

  private mutating func read(_ file: String) async throws(Fault) {
    var input = try LineInput(file)
    // Rows since the header; nil: none came, or its export has ended.
    var rows: Int?
    while let line = try input.next() {
      let place = Place(file: file, line: line.number, offset: line.offset)
      let parsed = Result { () throws(ImportProblem) in try StoreLine(line.bytes ?? []) }
      guard let bytes = line.bytes else {
        try tally.reject("the line is longer than \(LineInput.limit) bytes", at: place.text)
        continue
      }
      switch parsed {
      case .success(.header(let version, let identity, let schema)):
        try await begin(version, identity, schema, place)
        rows = 0
      case .success(.row(let table, let cells)) where rows != nil:
        rows = rows.map { $0 + 1 }
        try await add(TableRow(table, cells), place, bytes: bytes.count)
      case .success(.end(let count)) where rows != nil:
        if rows != count { try tally.reject("\(count) rows are announced, \(rows ?? 0) are there", at: place.text) }
        rows = nil
      default:
        guard line.number > 1 else {
          throw Fault(.usage, "\(file) is no export of a store", hint: "other files need --from, see --help")
        }
        // A line that cannot be read was a row.
        if rows != nil { rows = rows.map { $0 + 1 } }
        if case .failure(let problem) = parsed {
          try tally.reject(problem.description, at: place.text)
        } else {
          try tally.reject("there is no header before it", at: place.text)
        }
      }
    }
    try await flush()
    if rows != nil { try tally.reject("the export ends too early: was it cut?", at: file) }
  }

  private mutating func begin(_ version: Int, _ identity: String, _ schema: String, _ place: Place) async throws(Fault)
  {
    guard version == StoreLine.version, ResultStore.knows(schema: schema) else {
      throw Fault(.definition, "\(place.text): this export was written by a newer release", hint: "use that release")
    }
    try await flush()
    if tally.added == 0 { _ = try await load.adopt(identity) }
  }

  private mutating func add(_ row: TableRow, _ place: Place, bytes: Int) async throws(Fault) {
    waiting.append((row, place))
    waitingBytes += bytes
    if waiting.count >= load.batch || waitingBytes >= Self.byteLimit { try await flush() }
  }

  /// One transaction with what waits.
  private mutating func flush() async throws(Fault) {
    guard !waiting.isEmpty else { return }
    let outcomes = try await load.add(waiting.map(\.row))
    for (outcome, place) in zip(outcomes, waiting.map(\.place)) {
      if outcome == .orphan, orphans.count < Self.orphanLimit {
        orphans.append(place)
      } else {
        try tally.count(outcome, at: place.text)
      }
    }
    waiting = []
    waitingBytes = 0
  }

  private mutating func readAgain(_ place: Place) async throws(Fault) {
    let bytes = place.file == "-" ? nil : try LineInput.line(of: place.file, at: place.offset)
    guard let bytes, case .row(let table, let cells)? = try? StoreLine(bytes) else {
      return try tally.count(.orphan, at: place.text)
    }
    try await add(TableRow(table, cells), place, bytes: bytes.count)
  }
}

extension TableRow {
  fileprivate init(_ table: String, _ cells: [StoreLine.Cell]) {
    self.init(table: table, cells: cells.map { Cell(column: $0.column, value: Value($0.value)) })
  }
}
