import Model
import TestSupport
import Testing
import Wire

/// What comes from the other side is not trusted: broken streams end in frames or in faults, never in a crash, and the
/// decoder holds no more than a frame.
@Suite struct FuzzTests {
  @Test func brokenStreams() throws {
    let words = [
      "\"attempt\":", "{\"started\":", "null", "[[[[", "\"\\ud800\"", "1e999", "\u{0}",
    ].map { Array($0.utf8) }
    let mutator = Mutator(corpus: try FuzzTests.corpus(), words: words + [Magic.bytes])
    try Fuzz("frames", mutator).run { seed, bytes in
      var random = Seeded(seed)
      var scanner = MagicScanner()
      var decoder = FrameDecoder()
      // Half of the streams begin with a magic and noise before it.
      var isFound = seed % 2 == 0
      var rest = bytes[...]
      while !rest.isEmpty {
        let chunk = rest.prefix(1 + random.below(random.chance(50) ? 9 : 4096))
        rest = rest.dropFirst(chunk.count)
        if isFound {
          decoder.push(chunk)
        } else if let behind = try? scanner.push(chunk) {
          isFound = true
          decoder.push(behind)
        }
        guard read(&decoder) else { break }
        let most = min(bytes.count, Frame.headerLength + Frame.payloadLimit + 4096)
        guard decoder.pending <= most, scanner.noise.count <= 8192 + 32 else {
          throw Fault(.limit, "\(decoder.pending) bytes wait, \(scanner.noise.count) are noise")
        }
      }
    }
  }

  @Test func aDecoderHoldsOneFrameWhateverComes() throws {
    // The longest frame that is allowed, again and again, in chunks: what was read is let go.
    var decoder = FrameDecoder()
    let frame = Frame.encode(.data, [UInt8](repeating: 7, count: Frame.payloadLimit))
    for _ in 0..<3 {
      for start in stride(from: 0, to: frame.count, by: 1 << 20) {
        decoder.push(frame[start..<min(frame.count, start + 1 << 20)])
        #expect(decoder.pending <= frame.count)
        while try decoder.next() != nil {}
      }
    }
    #expect(decoder.pending == 0)
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

  /// Reads what is there, as both sides do; false once the stream cannot be understood any more.
  private func read(_ decoder: inout FrameDecoder) -> Bool {
    do throws(Fault) {
      while let frame = try decoder.next() {
        switch frame.kind {
        case .event: _ = try? Frame.decodeEvent(frame.payload)
        case .data: _ = try? DataHeader.split(frame.payload)
        case .blob: _ = try? BlobPart(payload: frame.payload)
        case .attach: _ = try? Payload.decode(Attach.self, from: frame.payload)
        case .welcome: _ = try? Payload.decode(Welcome.self, from: frame.payload)
        case .refused: _ = try? Payload.decode(Fault.self, from: frame.payload)
        case .run: _ = try? Payload.decode(AttemptOrder.self, from: frame.payload)
        case .offer, .want: _ = try? Payload.decode(Offer.self, from: frame.payload)
        case .cancel: _ = try? Payload.decode(Cancel.self, from: frame.payload)
        case .acknowledge: _ = UInt64(littleEndian: frame.payload)
        default: continue
        }
      }
      return true
    } catch {
      return false
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
      try Frame.encode(.offer, json: Offer(blobs: ["00ff": 12]))
        + Frame.encode(.acknowledge, [1, 0, 0, 0, 0, 0, 0, 0]),
      try Frame.encode(.refused, json: Fault(.wire, "no", hint: "yes"))
        + Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8]),
      Array("Last login: today\n".utf8) + Magic.bytes + Frame.encode(.pong, Array(1...16)),
      Magic.bytes + (try Frame.encode(finished, sequence: .max)),
    ]
  }
}
