import Dialects
import Store

extension AvocadoDialect {
  /// Jobs with what is in them: whole if one chunk holds it all, else chunk by chunk as the client reads.
  func stream(
    _ chunk: AvocadoJobScan.Chunk, page: (page: Avocado.Page, next: String?, previous: String?)? = nil
  ) -> AvocadoReply {
    var pieces = JobPieces(store: store, page: page)
    guard chunk.rest != nil else { return AvocadoReply(pieces.write(chunk)) }
    let stream = JobStream(pieces, chunk)
    return AvocadoReply { try await stream.next() }
  }
}

/// Jobs on their way out: one of them, or a page.
private struct JobPieces: Sendable {
  let store: ResultStore
  let page: (page: Avocado.Page, next: String?, previous: String?)?
  private var jobs = Avocado.JobWriter()
  private var isOpen = false

  init(store: ResultStore, page: (page: Avocado.Page, next: String?, previous: String?)?) {
    self.store = store
    self.page = page
  }

  /// The JSON of one chunk, with the page's beginning and end where they belong.
  mutating func write(_ chunk: AvocadoJobScan.Chunk) -> [UInt8] {
    var writer = JSONWriter(compact: true)
    writer.reserve(chunk.pieces.count * 128 + 256)
    if let page, !isOpen { Avocado.openPage(page.page, next: page.next, previous: page.previous, &writer) }
    isOpen = true
    for piece in chunk.pieces {
      switch piece {
      case .job(let job): jobs.begin(Avocado.Job(job), &writer)
      case .activity(let activity): jobs.append(Avocado.JobActivity(activity), &writer)
      case .test(let test): jobs.append(Avocado.Test(test), &writer)
      }
    }
    if chunk.rest == nil {
      jobs.end(&writer)
      if page != nil { Avocado.closePage(&writer) }
    }
    return writer.bytes
  }
}

/// Reads the next chunk when the last one is written.
private actor JobStream {
  private var pieces: JobPieces
  private var first: AvocadoJobScan.Chunk?
  private var rest: AvocadoJobScan?

  init(_ pieces: JobPieces, _ first: AvocadoJobScan.Chunk) {
    self.pieces = pieces
    self.first = first
  }

  func next() async throws -> [UInt8]? {
    let chunk: AvocadoJobScan.Chunk
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
