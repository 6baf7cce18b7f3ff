/// Makes broken inputs out of good ones. It knows a little of what inputs are made of: numbers in text and in bytes,
/// lengths that count what follows, words that mean something.
public struct Mutator: Sendable {
  private let corpus: [[UInt8]]
  private let words: [[UInt8]]
  private let limit: Int

  /// - Parameters:
  ///   - corpus: Good inputs.
  ///   - words: Pieces that mean something in them.
  ///   - limit: No input gets longer, in bytes.
  public init(corpus: [[UInt8]], words: [[UInt8]] = [], limit: Int = 16 << 10) {
    self.corpus = corpus
    self.words = words
    self.limit = limit
  }

  /// The input of a seed: always the same one.
  public func input(_ seed: UInt64) -> [UInt8] {
    var random = Seeded(seed)
    if random.chance(2) { return random.bytes(random.below(300)) }
    var bytes = random.pick(corpus) ?? []
    if random.chance(15), let other = random.pick(corpus) {
      bytes = bytes.prefix(random.below(bytes.count + 1)) + other.suffix(random.below(other.count + 1))
    }
    var rounds = 1
    while rounds < 12, random.chance(60) { rounds += 1 }
    for _ in 0..<rounds { mutate(&bytes, &random) }
    return Array(bytes.prefix(limit))
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout Seeded) {
    let place = random.below(bytes.count + 1)
    let end = min(bytes.count, place + 1 + random.below(random.chance(80) ? 16 : 400))
    switch random.below(13) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1 where place < bytes.count: bytes[place] = random.pick(Mutator.bytes) ?? 0
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count + 1))
    case 4: bytes.insert(contentsOf: random.bytes(random.below(9)), at: place)
    case 5: bytes.insert(contentsOf: random.pick(words) ?? [], at: place)
    case 6: bytes.replaceSubrange(place..<end, with: random.pick(words) ?? [])
    case 7 where random.chance(40): bytes.removeSubrange(place...)
    case 8: overwrite(&bytes, place, with: random.pick(Mutator.numbers) ?? 0, &random)
    case 9: editLength(&bytes, place, &random)
    case 10: editDigits(&bytes, place, &random)
    case 11 where random.chance(20): repeatPiece(&bytes, place..<end, &random)
    case 12: for index in place..<end { bytes[index] = random.chance(50) ? 0 : 0xff }
    default: break
    }
  }

  /// A number at the edge of something, two, four or eight bytes wide, either byte first.
  private func overwrite(_ bytes: inout [UInt8], _ place: Int, with number: UInt64, _ random: inout Seeded) {
    let width = [2, 4, 8][random.below(3)]
    let isBig = random.chance(30)
    for index in 0..<width where place + index < bytes.count {
      let shift = UInt64(8 * (isBig ? width - 1 - index : index))
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// A length that is a little off, or that reaches to the end exactly.
  private func editLength(_ bytes: inout [UInt8], _ place: Int, _ random: inout Seeded) {
    guard place + 4 <= bytes.count else { return }
    let old = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
    let new = random.chance(30) ? UInt32(bytes.count - place) : old &+ UInt32(random.below(33)) &- 16
    for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: new >> UInt32(8 * index)) }
  }

  /// Another number in place of the first one in text from here on.
  private func editDigits(_ bytes: inout [UInt8], _ place: Int, _ random: inout Seeded) {
    guard let start = bytes[place...].firstIndex(where: { (48...57).contains($0) }) else { return }
    let end = bytes[start...].firstIndex { !(48...57).contains($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: (random.pick(Mutator.decimals) ?? "").utf8)
  }

  private func repeatPiece(_ bytes: inout [UInt8], _ range: Range<Int>, _ random: inout Seeded) {
    let piece = bytes[range]
    let count = min(2 << random.below(10), limit / max(1, piece.count))
    bytes.insert(contentsOf: Array(repeatElement(piece, count: count).joined()), at: range.lowerBound)
  }

  private static let bytes: [UInt8] = [0, 1, 9, 10, 13, 32, 34, 39, 44, 58, 91, 92, 93, 123, 125, 127, 128, 192, 255]
  private static let numbers: [UInt64] = [
    0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 1 << 20, 8 << 20, (8 << 20) + 1, 64 << 20, (64 << 20) + 1, 1 << 31,
    (1 << 31) - 1, 0xffff_ffff, 1 << 63, (1 << 63) - 1, .max,
  ]
  private static let decimals = [
    "", "0", "-1", "1", "00", "255", "65536", "2147483648", "4294967295", "9223372036854775807", "9223372036854775808",
    "18446744073709551616", "1e999", "0.1", "-0", "1e-9", "99999999999999999999999999999999",
  ]
}
