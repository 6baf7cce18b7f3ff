/// The last bytes of a stream.
struct Tail: Sendable {
  private let limit: Int
  private var stored: [UInt8] = []

  init(limit: Int = 64 * 1024) { self.limit = limit }

  var bytes: [UInt8] { Array(stored.suffix(limit)) }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    stored.append(contentsOf: bytes.suffix(limit))
    // Moved only when as much again has come, so that a flood costs one copy a byte.
    if stored.count > limit * 2 { stored.removeFirst(stored.count - limit) }
  }
}
