/// How often values fell below each of some bounds, for figures about a running program.
public struct Histogram: Hashable, Sendable {
  /// The upper bounds, ascending; a value equal to a bound counts as below it.
  public let bounds: [Double]
  /// How many values lie between the bound before and each bound, and at the end how many are above all; not summed up.
  public private(set) var counts: [Int]
  /// The sum of all values.
  public private(set) var sum = 0.0

  /// A histogram without values.
  public init(bounds: [Double]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  /// Takes a value in.
  public mutating func add(_ value: Double) {
    var index = 0
    while index < bounds.count, value > bounds[index] { index += 1 }
    counts[index] += 1
    sum += value
  }

  /// Seconds, from half a millisecond to ten seconds.
  public static let seconds = Histogram(
    bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10])
}
