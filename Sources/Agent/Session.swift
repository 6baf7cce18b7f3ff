import Model
import Wire

/// What an agent knows about one run: which attempts it holds, and the numbered records that the coordinator has not
/// acknowledged yet. A value without clock or I/O; the loop around it owns both.
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

  /// The run.
  let run: RunID
  /// The attempts held, by id.
  private(set) var attempts: [AttemptID: Phase] = [:]
  /// Those that wait for a slot, in order.
  private(set) var queue: [AttemptID] = []
  /// The highest number given out.
  private(set) var sequence: UInt64 = 0
  private var records: [Record] = []
  // records[0] has the number `acknowledged + 1`.
  private var acknowledged: UInt64 = 0
  private var sent: UInt64 = 0
  // The last record of a stream, while it has not been sent and may grow.
  private var open: [Stream: UInt64] = [:]
  private var grown: [Stream: Int64] = [:]

  init(run: RunID) { self.run = run }

  /// Takes an order in. False: the attempt is known already (the order came twice over a mended link).
  mutating func accept(_ attempt: AttemptID) -> Bool {
    guard attempts[attempt] == nil else { return false }
    attempts[attempt] = .queued
    queue.append(attempt)
    return true
  }

  /// The next attempt to run, which is then on `slot`.
  mutating func dequeue(for slot: Int) -> AttemptID? {
    guard !queue.isEmpty else { return nil }
    let attempt = queue.removeFirst()
    attempts[attempt] = .running(slot: slot)
    return attempt
  }

  /// Takes a waiting attempt out of the queue. False: it does not wait.
  mutating func withdraw(_ attempt: AttemptID) -> Bool {
    guard attempts[attempt] == .queued else { return false }
    queue.removeAll { $0 == attempt }
    return true
  }

  /// Numbers an event.
  mutating func record(_ event: [UInt8]) { append(.event(event)) }

  /// Numbers the bytes that a stream has grown by. Unsent growth of one stream becomes one record, so that a node
  /// without link keeps few of them however much is printed.
  mutating func record(_ attempt: AttemptID, stream index: UInt16, grownTo size: Int64) {
    let stream = Stream(attempt: attempt, index: index)
    var from = grown[stream] ?? 0
    guard size > from else { return }
    grown[stream] = size
    if let number = open[stream], number > sent, case .data(_, _, let offset, let length) = self[number] {
      let room = min(Int64(DataHeader.limit) - length, size - from)
      if room > 0 {
        records[Int(number - acknowledged - 1)] = .data(attempt, stream: index, offset: offset, length: length + room)
        from += room
      }
    }
    while from < size {
      let length = min(Int64(DataHeader.limit), size - from)
      append(.data(attempt, stream: index, offset: from, length: length))
      open[stream] = sequence
      from += length
    }
  }

  /// Numbers the end of an attempt.
  mutating func finish(_ attempt: AttemptID, with event: [UInt8]) {
    append(.event(event))
    attempts[attempt] = .finished(sequence)
    open = open.filter { $0.key.attempt != attempt }
    grown = grown.filter { $0.key.attempt != attempt }
  }

  /// The coordinator has everything up to `number`. Returns what need no longer be kept.
  mutating func acknowledge(_ number: UInt64) -> Released {
    let upTo = min(number, sequence)
    guard upTo > acknowledged else { return Released() }
    var released = Released()
    for record in records.prefix(Int(upTo - acknowledged)) {
      guard case .data(let attempt, let index, let offset, let length) = record else { continue }
      released.streams[Stream(attempt: attempt, index: index)] = offset + length
    }
    records.removeFirst(Int(upTo - acknowledged))
    acknowledged = upTo
    sent = max(sent, upTo)
    for (attempt, phase) in attempts {
      if case .finished(let last) = phase, last <= upTo { released.attempts.append(attempt) }
    }
    for attempt in released.attempts { attempts[attempt] = nil }
    if !released.attempts.isEmpty { released.streams = released.streams.filter { attempts[$0.key.attempt] != nil } }
    return released
  }

  /// A link begins; the coordinator has everything up to `received`. It may lose that again with its own life, so only
  /// an acknowledgement releases anything.
  mutating func attach(received: UInt64) { sent = min(max(received, acknowledged), sequence) }

  /// The next record to send, with its number; nil: all is sent.
  mutating func next() -> (UInt64, Record)? {
    guard sent < sequence else { return nil }
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
  var isIdle: Bool { attempts.isEmpty && records.isEmpty }

  private subscript(number: UInt64) -> Record { records[Int(number - acknowledged - 1)] }

  private mutating func append(_ record: Record) {
    records.append(record)
    sequence += 1
  }
}
