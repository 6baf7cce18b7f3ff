import Dialects
import Store

/// A list of results on its way out. How many there are is known, and said, at its end.
struct LegacyResultPieces: Sendable {
  /// Makes of what is kept what is shown.
  let shown: @Sendable (CaseResult) -> TestAPI.Legacy.CaseResult
  private var total = 0
  private var isOpen = false

  init(shown: @escaping @Sendable (CaseResult) -> TestAPI.Legacy.CaseResult) { self.shown = shown }

  /// The JSON of one chunk, with the list's beginning and end where they belong.
  mutating func write(_ results: [CaseResult], isLast: Bool) -> [UInt8] {
    var writer = JSONWriter()
    if !isOpen { TestAPI.openList(of: TestAPI.Legacy.CaseResult.self, &writer) }
    TestAPI.append(results.map(shown), first: total == 0, to: &writer)
    isOpen = true
    total += results.count
    if isLast { TestAPI.Legacy.closeResults(total: total, &writer) }
    return writer.bytes
  }
}

/// Reads the next chunk when the last one is written.
actor LegacyResultStream {
  private let store: ResultStore
  private var pieces: LegacyResultPieces
  private var chunk: ResultScan.Chunk?

  init(store: ResultStore, pieces: LegacyResultPieces, chunk: ResultScan.Chunk) {
    self.store = store
    self.pieces = pieces
    self.chunk = chunk
  }

  func next() async throws -> [UInt8]? {
    guard let current = chunk else { return nil }
    let bytes = pieces.write(current.results, isLast: current.rest == nil)
    chunk = if let rest = current.rest { try await store.next(rest) } else { nil }
    return bytes
  }
}
