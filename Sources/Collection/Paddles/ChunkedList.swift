import Dialects

/// A JSON list on its way out, chunk by chunk as the client reads, so that only a chunk is in memory.
actor ChunkedList<Record: Sendable, Scan: Sendable> {
  /// Some records, and how to go on; nil: these were the last ones.
  typealias Chunk = (records: [Record], rest: Scan?)

  private let write: @Sendable (Record, inout JSONWriter) -> Void
  private let read: @Sendable (Scan) async throws -> Chunk
  private let tail: String
  private var writer = JSONWriter()
  private var isFirst = true
  private var first: Chunk?
  private var rest: Scan?

  /// A list that begins with a chunk.
  /// - Parameters:
  ///   - head: what stands before the list's bracket.
  ///   - tail: what stands behind it.
  ///   - write: appends one record.
  ///   - read: reads the next chunk.
  init(
    _ first: Chunk, head: JSONWriter = JSONWriter(), tail: String = "",
    write: @escaping @Sendable (Record, inout JSONWriter) -> Void,
    read: @escaping @Sendable (Scan) async throws -> Chunk
  ) {
    self.first = first
    self.write = write
    self.read = read
    self.tail = tail
    writer = head
    writer.append(json: "[")
  }

  /// The answer: whole if one chunk holds it.
  func reply() async throws -> Reply {
    guard first?.rest != nil else { return .json(try await next() ?? []) }
    return .json { try await self.next() }
  }

  private func next() async throws -> [UInt8]? {
    let chunk: Chunk
    if let first {
      chunk = first
    } else if let rest {
      chunk = try await read(rest)
    } else {
      return nil
    }
    first = nil
    rest = chunk.rest
    for record in chunk.records {
      if !isFirst { writer.appendComma() }
      isFirst = false
      write(record, &writer)
    }
    if chunk.rest == nil { writer.append(json: "]" + tail) }
    defer { writer = JSONWriter() }
    return writer.bytes
  }
}
