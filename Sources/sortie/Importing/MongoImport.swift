import Dialects
import Model
import Store

/// Reads the Test API's collections, as `mongoexport` writes them, into a store. Ids stay what they are.
struct MongoImport {
  private static let byteLimit = 4 << 20

  private(set) var tally: ImportTally
  /// Which collection all files hold; nil: their names or their documents say.
  private let named: MongoDocument.Collection?
  private var adoption: Adoption
  private var waiting: [(record: AdoptedRecord, place: String)] = []
  private var waitingBytes = 0

  init(into store: ResultStore, collection: MongoDocument.Collection?, tally: ImportTally) async throws(Fault) {
    named = collection
    self.tally = tally
    adoption = try await Adoption(into: store)
  }

  /// Reads the files, those that others name first.
  mutating func run(_ files: [String]) async throws(Fault) {
    var ordered: [(order: Int, file: String)] = []
    for file in files { ordered.append((try order(file), file)) }
    for (_, file) in ordered.sorted(by: { $0.order < $1.order }) { try await read(file) }
  }

  private func order(_ file: String) throws(Fault) -> Int {
    var collection = named ?? MongoDocument.collection(ofFile: file)
    if collection == nil, file != "-" {
      var input = try LineInput(file)
      if let bytes = try input.next()?.bytes { collection = (try? MongoDocument(bytes))?.collection }
    }
    return collection.flatMap(MongoDocument.Collection.allCases.firstIndex) ?? MongoDocument.Collection.allCases.count
  }

  private mutating func read(_ file: String) async throws(Fault) {
    let collection = named ?? MongoDocument.collection(ofFile: file)
    var input = try LineInput(file)
    while let line = try input.next() {
      let place = "\(file):\(line.number)"
      guard let bytes = line.bytes else {
        try tally.reject("the line is longer than \(LineInput.limit) bytes", at: place)
        continue
      }
      guard !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) else { continue }
      switch Result(catching: { () throws(ImportProblem) in try record(bytes, collection) }) {
      case .success(let record): try await add(record, place, bytes: bytes.count)
      case .failure(let problem): try tally.reject(problem.description, at: place)
      }
    }
    try await flush()
  }

  private func record(_ bytes: [UInt8], _ collection: MongoDocument.Collection?) throws(ImportProblem) -> AdoptedRecord
  {
    let document = try MongoDocument(bytes)
    guard let collection = collection ?? document.collection, let id = ObjectID(rawValue: document.id) else {
      throw ImportProblem("it is not clear which collection this belongs to; --collection says so")
    }
    return AdoptedRecord(
      table: collection.rawValue, id: id, created: document.created,
      members: document.columns.mapValues { StoredValue($0) })
  }

  private mutating func add(_ record: AdoptedRecord, _ place: String, bytes: Int) async throws(Fault) {
    waiting.append((record, place))
    waitingBytes += bytes
    if waiting.count >= adoption.batch || waitingBytes >= Self.byteLimit { try await flush() }
  }

  private mutating func flush() async throws(Fault) {
    guard !waiting.isEmpty else { return }
    let outcomes = try await adoption.add(waiting.map(\.record))
    for (outcome, place) in zip(outcomes, waiting.map(\.place)) {
      tally.declare(outcome.declared, at: place)
      try tally.count(outcome.outcome, at: place)
    }
    waiting = []
    waitingBytes = 0
  }
}

extension StoredValue {
  fileprivate init(_ value: SentValue) {
    switch value {
    case .null: self = .null
    case .string(let text): self = .string(text)
    case .other(let json): self = .json(json)
    }
  }
}
