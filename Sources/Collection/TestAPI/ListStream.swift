import Dialects
import Store

/// A list of records on its way out: whole if the first chunk is all of it, else chunk by chunk as the client reads.
struct ListPieces<Kept: Sendable, Shown: TestAPI.Record>: Sendable {
  let store: ResultStore
  /// The page it is of how many; nil: all of it.
  var page: (current: Int, total: Int)?
  /// Makes of what is kept what is shown; nil leaves it out.
  let shown: @Sendable (Kept) -> Shown?
  /// Whether something was written.
  private var isOpen = false
  /// Whether a record was written.
  private var hasRecords = false

  init(_ store: ResultStore, page: (current: Int, total: Int)? = nil, shown: @escaping @Sendable (Kept) -> Shown?) {
    self.store = store
    self.page = page
    self.shown = shown
  }

  /// The answer that begins with a chunk.
  func reply(_ first: Scan<Kept>.Chunk) -> Reply {
    var pieces = self
    guard first.rest != nil else { return .json(pieces.write(first)) }
    let stream = ListStream(pieces, first)
    return .json { try await stream.next() }
  }

  /// The JSON of one chunk, with the list's beginning and end where they belong.
  fileprivate mutating func write(_ chunk: Scan<Kept>.Chunk) -> [UInt8] {
    var writer = JSONWriter()
    writer.reserve(256 + chunk.results.count << 10)
    if !isOpen { TestAPI.openList(of: Shown.self, &writer) }
    let records = chunk.results.compactMap(shown)
    TestAPI.append(records, first: !hasRecords, to: &writer)
    if chunk.rest == nil { TestAPI.closeList(page: page, &writer) }
    isOpen = true
    hasRecords = hasRecords || !records.isEmpty
    return writer.bytes
  }
}

/// Reads the next chunk when the last one is written.
private actor ListStream<Kept: Sendable, Shown: TestAPI.Record> {
  private var pieces: ListPieces<Kept, Shown>
  private var chunk: Scan<Kept>.Chunk?

  init(_ pieces: ListPieces<Kept, Shown>, _ first: Scan<Kept>.Chunk) {
    self.pieces = pieces
    chunk = first
  }

  func next() async throws -> [UInt8]? {
    guard let current = chunk else { return nil }
    let bytes = pieces.write(current)
    if let rest = current.rest {
      chunk = try await pieces.store.next(rest)
    } else {
      chunk = nil
    }
    return bytes
  }
}
