import Model
import TestSupport
import Testing
import Wire

@Suite struct FrameDecoderTests {
  /// Whatever the chunks, the frames are the same, those of unknown kinds too.
  @Test(arguments: 0..<20) func chunksDoNotMatter(_ seed: Int) throws {
    var random = Seeded(UInt64(seed))
    var frames: [Frame] = []
    var stream: [UInt8] = []
    for _ in 0..<1 + random.below(30) {
      let length = random.below(5) == 0 ? random.below(5000) : random.below(20)
      let frame = Frame(Frame.Kind(rawValue: UInt8(random.below(256))), random.bytes(length)[...])
      frames.append(frame)
      stream += Frame.encode(frame.kind, frame.payload)
    }
    var decoder = FrameDecoder()
    var read: [Frame] = []
    var index = 0
    while index < stream.count {
      let next = min(stream.count, index + 1 + random.below(random.below(3) == 0 ? 3 : 3000))
      decoder.push(stream[index..<next])
      index = next
      while random.below(4) > 0, let frame = try decoder.next() { read.append(frame) }
    }
    while let frame = try decoder.next() { read.append(frame) }
    #expect(same(read, frames) && decoder.pending == 0)
  }

  @Test func aFrameAtTheLimitPassesAndOneByteMoreDoesNot() throws {
    var decoder = FrameDecoder()
    var header: [UInt8] = []
    Frame.appendHeader(.data, length: Frame.payloadLimit, to: &header)
    decoder.push(header)
    decoder.push([UInt8](repeating: 7, count: Frame.payloadLimit - 1))
    #expect(try decoder.next() == nil)
    decoder.push([7])
    #expect(try decoder.next()?.payload.count == Frame.payloadLimit)

    for length in [Frame.payloadLimit + 1, Int(UInt32.max)] {
      var decoder = FrameDecoder()
      var header: [UInt8] = []
      Frame.appendHeader(.data, length: length, to: &header)
      decoder.push(header)
      #expect(throws: Fault.self) { try decoder.next() }
      #expect(throws: Fault.self) { try decoder.next() }
    }
  }

  @Test func itHoldsLittleMoreThanOneFrame() throws {
    var decoder = FrameDecoder()
    let frame = Frame.encode(.data, [UInt8](repeating: 1, count: 100_000))
    for _ in 0..<300 {
      decoder.push(frame)
      #expect(try decoder.next() != nil)
      #expect(decoder.pending == 0)
    }
    decoder.push(frame.dropLast())
    #expect(try decoder.next() == nil && decoder.pending == frame.count - 1)
  }

  @Test func theThreeSpareBytesMayBeUsedLater() throws {
    var decoder = FrameDecoder()
    decoder.push([1, 0, 0, 0, 8, 9, 9, 9, 42])
    #expect(try decoder.next() == Frame(.ping, [42]))
  }

  private func same(_ left: [Frame], _ right: [Frame]) -> Bool {
    left.count == right.count
      && zip(left, right).allSatisfy { $0.kind == $1.kind && $0.payload.elementsEqual($1.payload) }
  }
}
