import CSpawn
import Glibc

/// One direction of a connection through a proxy: what was read and is not yet passed, and whether it may pass.
struct ChaosPipe {
  /// Bytes wait here for their time and for the other side.
  private var queue: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
  private var queued = 0
  /// Bytes that have passed.
  private(set) var passed = 0
  /// Bytes that may still pass before the connection is cut; nil: all.
  var left: Int?
  /// True: bytes of this direction were swallowed, and none passes any more.
  private(set) var isLost = false
  /// The sender has ended.
  private(set) var isEnded = false
  private var isEndPassed = false
  private var ended = ContinuousClock.now

  private static let limit = 4 << 20

  /// Whether there is room for more.
  var wantsToRead: Bool { !isEnded && queued < ChaosPipe.limit }
  /// Whether everything that was sent has passed, the end included.
  var isDone: Bool { isEnded && (isEndPassed || isLost) }
  /// Whether the connection is to be cut.
  var isSpent: Bool { left == 0 }
  /// When the next bytes may pass; nil: none wait.
  var due: ContinuousClock.Instant? { queue.first?.due ?? (isEnded && !isEndPassed && !isLost ? ended : nil) }

  /// What came of reading.
  enum Taken {
    case bytes([UInt8])
    case nothing
    case broken
  }

  /// Reads what the sender has.
  mutating func take(from socket: CInt) -> Taken {
    let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, count in
      let received = recv(socket, buffer.baseAddress, buffer.count, 0)
      if received == 0 { end() }
      count = max(received, 0)
    }
    if !bytes.isEmpty { return .bytes(bytes) }
    return isEnded || errno == EAGAIN || errno == EINTR ? .nothing : .broken
  }

  mutating func add(_ bytes: [UInt8], delay: Duration) {
    queue.append((.now + delay, bytes[...]))
    queued += bytes.count
  }

  /// Nothing more comes.
  mutating func end() {
    isEnded = true
    ended = .now
  }

  mutating func lose() {
    isLost = true
    queue = []
    queued = 0
  }

  /// Passes what is due. Returns how many bytes; nil: the receiver has gone.
  mutating func pass(to socket: CInt) -> Int? {
    var total = 0
    while let first = queue.first, first.due <= .now, !isSpent {
      let part = first.bytes.prefix(left ?? .max)
      let sent = part.withUnsafeBytes { sortie_send(socket, $0.baseAddress, $0.count) }
      guard sent >= 0 else { return errno == EAGAIN || errno == EINTR ? total : nil }
      (total, passed, queued) = (total + sent, passed + sent, queued - sent)
      left = left.map { $0 - sent }
      queue[0].bytes = first.bytes.dropFirst(sent)
      if queue[0].bytes.isEmpty { queue.removeFirst() }
    }
    if queue.isEmpty, isEnded, !isEndPassed, !isLost {
      shutdown(socket, CInt(SHUT_WR))
      isEndPassed = true
    }
    return total
  }
}
