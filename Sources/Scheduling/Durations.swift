/// What cases took so far in this run, by domain: the best guess about those that nobody knows.
struct Durations: Sendable {
  private var sums: [Double]
  private var counts: [Int]
  private let unknown: Double

  /// Starts with nothing known about any of `domains` domains.
  init(domains: Int, unknown: Double) {
    sums = Array(repeating: 0, count: domains)
    counts = Array(repeating: 0, count: domains)
    self.unknown = unknown
  }

  /// Notes what a case took; what is no number of seconds is ignored.
  mutating func note(_ seconds: Double, in domain: Int) {
    guard seconds.isFinite, seconds >= 0 else { return }
    sums[domain] += seconds
    counts[domain] += 1
  }

  /// The mean of the domain in seconds, or what is assumed without one.
  func expected(in domain: Int) -> Double {
    counts[domain] == 0 ? unknown : sums[domain] / Double(counts[domain])
  }
}
