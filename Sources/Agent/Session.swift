import Model
import Wire

/// What an agent knows about one run: which attempts it holds, and the numbered records that the coordinator has not
/// acknowledged yet. A value without clock or I/O; ``HostState`` drives it.
struct Session {
  /// Something that goes up under a sequence number.
  enum Record: Hashable {
    /// An encoded ``Wire/NodeEvent``.
    case event([UInt8])
    /// Bytes that stand in a stream's file on the node's disk.
    case data(AttemptID, stream: UInt16, offset: Int64, length: Int64)
  }

  /// Where an attempt is.
  enum Phase: Hashable {
    case queued
    /// Out of the queue without a slot: its end is told next, or it came from a former life of the agent.
    case withdrawn
    case running(slot: Int)
    /// Finished; the number of its last record.
    case finished(UInt64)
  }

  /// A stream of an attempt.
  struct Stream: Hashable {
    var attempt: AttemptID
    var index: UInt16
  }

  /// What an acknowledgement has made superfluous.
  struct Released: Hashable {
    /// Attempts of which nothing need be kept.
    var attempts: [AttemptID] = []
    /// Streams of other attempts, and how many bytes from their beginning need not be kept.
    var streams: [Stream: Int64] = [:]
  }

  private struct Growth {
    var size: Int64
    // The stream's last record: it may grow while it has not been sent. 0: none.
    var last: UInt64 = 0
  }

  /// The run.
  let run: RunID
  /// The attempts held, by id.
  private(set) var attempts: [AttemptID: Phase] = [:]
  /// The highest number given out.
  private(set) var sequence: UInt64 = 0
  /// The highest number that was acknowledged.
  private(set) var acknowledged: UInt64 = 0
  private var sent: UInt64 = 0
  // Nothing from this number on is sent before it is durable.
  private var barrier: UInt64?
  // records[gone] has the number `acknowledged + 1`; those before it are empty.
  private var records: [Record] = []
  private var gone = 0
  private var growth: [Stream: Growth] = [:]
  private var highest: [AttemptID: UInt16] = [:]
  // Finished attempts in the order of their last records.
  private var endings = Queue<(number: UInt64, attempt: AttemptID)>()
  // In order; who is no longer queued is passed over.
  private var waiting = Queue<AttemptID>()
  private var waitingCount = 0

  init(run: RunID) { self.run = run }

  // MARK: Attempts

  /// Takes an order in. False: the attempt is known already (the order came twice over a mended link).
  mutating func accept(_ attempt: AttemptID) -> Bool {
    guard hold(attempt) else { return false }
    enqueue(attempt)
    return true
  }

  /// Takes an attempt in that does not wait for a slot yet. False: it is known already.
  mutating func hold(_ attempt: AttemptID) -> Bool {
    guard attempts[attempt] == nil else { return false }
    attempts[attempt] = .withdrawn
    return true
  }

  /// An attempt that was held, and is still, may run from now on.
  mutating func enqueue(_ attempt: AttemptID) {
    guard attempts[attempt] == .withdrawn else { return }
    attempts[attempt] = .queued
    waiting.append(attempt)
    waitingCount += 1
  }

  /// The next attempt to run, which is then on `slot`.
  mutating func dequeue(for slot: Int) -> AttemptID? {
    while let attempt = waiting.popFirst() {
      guard attempts[attempt] == .queued else { continue }
      waitingCount -= 1
      attempts[attempt] = .running(slot: slot)
      return attempt
    }
    return nil
  }

  /// Takes a waiting attempt out of the queue. False: it does not wait.
  mutating func withdraw(_ attempt: AttemptID) -> Bool {
    guard attempts[attempt] == .queued else { return false }
    attempts[attempt] = .withdrawn
    waitingCount -= 1
    return true
  }

  /// Whether an attempt waits for a slot.
  var hasQueued: Bool { waitingCount > 0 }

  /// Those that wait for a slot, in order.
  var queue: [AttemptID] { waiting.elements.filter { attempts[$0] == .queued } }

  // MARK: Records

  /// Numbers an event.
  mutating func record(_ event: [UInt8]) { append(.event(event)) }

  /// Numbers the bytes that a stream has grown by. Unsent growth of one stream becomes one record, so that a node
  /// without link keeps few of them however much is printed.
  mutating func record(_ attempt: AttemptID, stream index: UInt16, grownTo size: Int64) {
    let stream = Stream(attempt: attempt, index: index)
    var grown = growth[stream] ?? Growth(size: 0)
    guard size > grown.size else { return }
    var from = grown.size
    grown.size = size
    if grown.last > sent, case .data(_, _, let offset, let length) = self[grown.last] {
      let room = min(Int64(DataHeader.limit) - length, size - from)
      if room > 0 {
        self[grown.last] = .data(attempt, stream: index, offset: offset, length: length + room)
        from += room
      }
    }
    while from < size {
      let length = min(Int64(DataHeader.limit), size - from)
      append(.data(attempt, stream: index, offset: from, length: length))
      grown.last = sequence
      from += length
    }
    growth[stream] = grown
    highest[attempt] = max(highest[attempt] ?? 0, index)
  }

  /// The coordinator has the first bytes of a stream from a former life of the agent.
  mutating func skip(_ attempt: AttemptID, stream index: UInt16, to offset: Int64) {
    growth[Stream(attempt: attempt, index: index)] = Growth(size: offset)
    highest[attempt] = max(highest[attempt] ?? 0, index)
  }

  /// How many bytes of a stream of an unfinished attempt have been numbered.
  func size(of attempt: AttemptID, stream index: UInt16) -> Int64 {
    growth[Stream(attempt: attempt, index: index)]?.size ?? 0
  }

  /// Numbers the end of an attempt.
  mutating func finish(_ attempt: AttemptID, with event: [UInt8]) {
    if attempts[attempt] == .queued { waitingCount -= 1 }
    append(.event(event))
    attempts[attempt] = .finished(sequence)
    endings.append((sequence, attempt))
    guard let last = highest.removeValue(forKey: attempt) else { return }
    for index in 0...last { growth[Stream(attempt: attempt, index: index)] = nil }
  }

  /// The coordinator has everything up to `number`. Returns what need no longer be kept.
  mutating func acknowledge(_ number: UInt64) -> Released {
    let upTo = min(number, sequence)
    guard upTo > acknowledged else { return Released() }
    var released = Released()
    for index in gone..<(gone + Int(upTo - acknowledged)) {
      if case .data(let attempt, let index, let offset, let length) = records[index] {
        released.streams[Stream(attempt: attempt, index: index)] = offset + length
      }
      records[index] = .event([])
    }
    gone += Int(upTo - acknowledged)
    if gone > 1024, gone > records.count / 2 {
      records.removeFirst(gone)
      gone = 0
    }
    acknowledged = upTo
    sent = max(sent, upTo)
    while let ending = endings.first, ending.number <= upTo {
      endings.dropFirst()
      attempts[ending.attempt] = nil
      released.attempts.append(ending.attempt)
    }
    if !released.attempts.isEmpty { released.streams = released.streams.filter { attempts[$0.key.attempt] != nil } }
    return released
  }

  // MARK: Sending

  /// A link begins; the coordinator has everything up to `received`. It may lose that again with its own life, so only
  /// an acknowledgement releases anything.
  mutating func attach(received: UInt64) { sent = min(max(received, acknowledged), sequence) }

  /// The latest record, and what comes after it, is not to be sent before ``letGo()``.
  mutating func holdBack() { barrier = barrier ?? sequence }

  /// What was held back is durable, or never will be.
  mutating func letGo() { barrier = nil }

  /// Whether something is held back.
  var isHeldBack: Bool { barrier != nil }

  /// The next record to send, with its number; nil: all is sent, or held back.
  mutating func next() -> (UInt64, Record)? {
    guard sent < sequence, sent + 1 < barrier ?? .max else { return nil }
    sent += 1
    return (sent, self[sent])
  }

  /// Whether records wait to be sent.
  var hasUnsent: Bool { sent < sequence }

  /// Bytes of streams that wait to be sent; an estimate that looks at the latest records only.
  var unsentBytes: Int64 {
    var bytes: Int64 = 0
    var number = sequence
    while number > sent, number + 8 > sequence {
      if case .data(_, _, _, let length) = self[number] { bytes += length }
      number -= 1
    }
    return bytes
  }

  /// Whether nothing is held: no attempt, no record.
  var isIdle: Bool { attempts.isEmpty && acknowledged == sequence }

  private subscript(number: UInt64) -> Record {
    get { records[gone + Int(number - acknowledged) - 1] }
    set { records[gone + Int(number - acknowledged) - 1] = newValue }
  }

  private mutating func append(_ record: Record) {
    records.append(record)
    sequence += 1
  }
}
