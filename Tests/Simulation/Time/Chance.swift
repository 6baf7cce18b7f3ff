import TestSupport

/// The one source of everything that is left to chance in a world.
final class Chance {
  private var random: Seeded

  init(_ seed: UInt64) { random = Seeded(seed) }

  /// A number from 0 to `bound` - 1.
  func below(_ bound: Int) -> Int { random.below(bound) }
  /// True in `percent` of 100 cases.
  func percent(_ percent: Int) -> Bool { random.chance(percent) }
  /// One of them; nil if there are none.
  func pick<Element>(_ items: [Element]) -> Element? { random.pick(items) }
  /// One of them; `other` if there are none.
  func pick<Element>(_ items: [Element], or other: Element) -> Element { random.pick(items) ?? other }
  /// A number from `low` to `high`.
  func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * fraction }
  /// A number from 0 to 1, without 1.
  var fraction: Double { Double(random.next() >> 11) / 9_007_199_254_740_992 }
  /// A seed for what shall not depend on what else happens.
  func seed() -> UInt64 { random.next() }
}

/// The same number for the same text, everywhere: FNV-1a, 64 bits.
func mark(of text: String) -> UInt64 {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  return hash
}
