import Model
import Testing
import Wire

@Suite struct MagicTests {
  @Test(arguments: [
    "", "Welcome to the lab!\n", "\u{1}", "\u{1}\u{1}\u{1}", "\u{1}\u{2}SORTIE-WIRE\u{3}\u{4}", "\u{1}\u{2}SORTIE-",
    "Last login: \u{1}\u{2}SORT\u{1}\u{2}", "\u{2}SORTIE-WIRE\u{3}\u{4}\n", "SORTIE-WIRE\n",
  ])
  func isFoundBehindAnyNoise(_ noise: String) throws {
    let stream = Array(noise.utf8) + Magic.bytes + [1, 2, 3]
    for size in [1, 2, 3, 7, stream.count] {
      var scanner = MagicScanner()
      var found: [UInt8]?
      for start in stride(from: 0, to: stream.count, by: size) {
        let chunk = stream[start..<min(stream.count, start + size)]
        if found != nil { found? += chunk } else { found = try scanner.push(chunk) }
      }
      #expect(found == [1, 2, 3], "chunks of \(size)")
      #expect(scanner.noise == Array(noise.utf8))
    }
  }

  @Test func noMagicNoFrames() throws {
    var scanner = MagicScanner()
    #expect(try scanner.push(Magic.bytes.dropLast()) == nil)
    #expect(try scanner.push(Array("x".utf8)) == nil)
    #expect(scanner.noise == Magic.bytes.dropLast() + Array("x".utf8))
  }

  /// Noise of any shape ends at the limit, pieces of the magic count as well.
  @Test(arguments: [Array("banner\n".utf8), [1], Array(Magic.bytes.dropLast()), [1, 2, 1, 2]])
  func noiseIsLimited(_ piece: [UInt8]) throws {
    var scanner = MagicScanner()
    var pushed = 0
    while pushed + piece.count <= Magic.noiseLimit {
      #expect(try scanner.push(piece) == nil)
      pushed += piece.count
    }
    #expect(scanner.noise.count <= 16 << 10)
    #expect(throws: Fault.self) {
      for _ in 0..<40 { _ = try scanner.push(piece) }
    }
  }

  @Test func justUnderTheLimit() throws {
    var scanner = MagicScanner()
    #expect(try scanner.push([UInt8](repeating: 46, count: Magic.noiseLimit)) == nil)
    #expect(try scanner.push(Magic.bytes + [7]) == [7])
  }
}
