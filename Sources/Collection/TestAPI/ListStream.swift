import Dialects
import Store

/// A list of records on its way out: whole if the first chunk is all of it, else chunk by chunk as the client reads.
struct ListPieces<Kept: Sendable, Shown: TestAPI.Record>: Sendable {
  let store: ResultStore
  /// Makes of what is kept what is shown; nil leaves it out.
  let shown: @Sendable (Kept) -> Shown?
  /// Ends the list, in which so many records are.
  private let close: @Sendable (Int, inout JSONWriter) -> Void
  /// Whether something was written.
  private var isOpen = false
  /// How many records were written.
  private var count = 0

  /// A list that ends with the page it is of how many; nil: all of it.
  init(_ store: ResultStore, page: (current: Int, total: Int)? = nil, shown: @escaping @Sendable (Kept) -> Shown?) {
    self.init(store, shown: shown) { _, writer in TestAPI.closeList(page: page, &writer) }
  }

  /// A list that ends in a way of its own.
  init(
    _ store: ResultStore, shown: @escaping @Sendable (Kept) -> Shown?,
    close: @escaping @Sendable (_ count: Int, _ writer: inout JSONWriter) -> Void
  ) {
    self.store = store
    self.shown = shown
    self.close = close
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
    TestAPI.append(records, first: count == 0, to: &writer)
    isOpen = true
    count += records.count
    if chunk.rest == nil { close(count, &writer) }
    return writer.bytes
  }
}

/// Reads the next chunk when the last one is written, so that nothing lies in memory for who reads slowly but what is on
/// its way.
private actor ListStream<Kept: Sendable, Shown: TestAPI.Record> {
  private var pieces: ListPieces<Kept, Shown>
  private var first: Scan<Kept>.Chunk?
  private var rest: Scan<Kept>?

  init(_ pieces: ListPieces<Kept, Shown>, _ first: Scan<Kept>.Chunk) {
    self.pieces = pieces
    self.first = first
  }

  func next() async throws -> [UInt8]? {
    let chunk: Scan<Kept>.Chunk
    if let first {
      chunk = first
    } else if let rest {
      chunk = try await pieces.store.next(rest)
    } else {
      return nil
    }
    first = nil
    rest = chunk.rest
    return pieces.write(chunk)
  }
}
