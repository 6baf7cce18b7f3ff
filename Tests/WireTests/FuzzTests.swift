import Model
import TestSupport
import Testing
import Wire

/// What comes from the other side is not trusted: mutated streams end in frames or in faults, never in a crash.
@Suite struct FuzzTests {
  @Test(arguments: 0..<20) func mutatedStreams(_ seed: Int) throws {
    var random = Seeded(UInt64(seed))
    let corpus = try FuzzTests.corpus()
    for _ in 0..<1000 {
      var bytes = corpus[random.below(corpus.count)]
      for _ in 0..<1 + random.below(4) { mutate(&bytes, &random) }
      var decoder = FrameDecoder()
      decoder.push(bytes)
      read(&decoder)
      #expect(decoder.pending <= bytes.count)
    }
  }

  @Test func noise() {
    var random = Seeded(77)
    for _ in 0..<2000 {
      let bytes = random.bytes(random.below(200))
      _ = try? DataHeader.split(bytes[...])
      _ = try? BlobPart(payload: bytes[...])
      _ = try? Frame.decodeEvent(bytes[...])
    }
  }

  @Test func payloadsThatAreTooShort() {
    for length in 0..<20 {
      #expect(throws: Fault.self) { try DataHeader.split([UInt8](repeating: 1, count: length)[...]) }
    }
    for length in 0..<40 {
      #expect(throws: Fault.self) { try BlobPart(payload: [UInt8](repeating: 1, count: length)[...]) }
    }
    for length in 0..<9 {
      #expect(throws: Fault.self) { try Frame.decodeEvent([UInt8](repeating: 1, count: length)[...]) }
    }
    let nameless = DataHeader(sequence: 1, offset: 0, stream: 0, attempt: AttemptID(rawValue: ""))
    #expect(throws: Fault.self) { try DataHeader.split((nameless.encoded + [1, 2])[...]) }
    var noText = DataHeader(sequence: 1, offset: 0, stream: 0, attempt: AttemptID(rawValue: "ab")).encoded
    noText[20] = 0xff
    #expect(throws: Fault.self) { try DataHeader.split(noText[...]) }
  }

  private func read(_ decoder: inout FrameDecoder) {
    while let frame = try? decoder.next() {
      switch frame.kind {
      case .event: _ = try? Frame.decodeEvent(frame.payload)
      case .data: _ = try? DataHeader.split(frame.payload)
      case .blob: _ = try? BlobPart(payload: frame.payload)
      case .attach: _ = try? Payload.decode(Attach.self, from: frame.payload)
      case .cancel: _ = try? Payload.decode(Cancel.self, from: frame.payload)
      default: continue
      }
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
    let at = random.below(bytes.count + 1)
    switch random.below(6) {
    case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(random.below(8))
    case 1 where at < bytes.count: bytes[at] = [0, 1, 0x7f, 0x80, 0xff, 34, 92, 123, 125][random.below(9)]
    case 2: bytes.removeLast(random.below(bytes.count / 2 + 1))
    case 3: bytes.insert(contentsOf: random.bytes(random.below(8)), at: at)
    case 4: bytes.removeSubrange(at..<min(bytes.count, at + random.below(8)))
    case 5 where !bytes.isEmpty: bytes += bytes[random.below(bytes.count)...].prefix(64)
    default: break
    }
  }

  private static func corpus() throws -> [[UInt8]] {
    let attempt = AttemptID(rawValue: "r.ping.1")
    let time = Timestamp(nanoseconds: 0)
    let head = DataHeader(sequence: 1, offset: 0, stream: 0, attempt: attempt)
    let finished = NodeEvent.finished(
      attempt, Outcome(verdict: .fail, ending: .exited(1), started: time, stopped: time, details: [1, ["a": nil]]))
    return [
      try Frame.encode(.started(attempt, began: time), sequence: 1) + Frame.encode(.data, head.encoded + [1, 2, 3]),
      try Frame.encode(finished, sequence: 2),
      Frame.encode(.blob, BlobPart(hash: [UInt8](repeating: 1, count: 32), offset: 5, bytes: [1, 2]).payload),
      try Frame.encode(.cancel, json: Cancel(attempts: [attempt])) + Frame.encode(.bye, []),
      try Frame.encode(.attach, json: Attach(version: "1", run: RunID(rawValue: "r"), node: "n")),
    ]
  }
}
