import Synchronization

/// Many worlds, on several threads.
public enum Soak {
  /// Plays the worlds of `seeds` and returns those in which something was violated, by seed. `found` hears of each at
  /// once.
  public static func play(
    _ seeds: Range<UInt64>, sabotage: Sabotage? = nil, workers: Int = 2,
    found: @escaping @Sendable (Played) -> Void = { _ in }
  ) async -> [Played] {
    await each(count: seeds.count, workers: workers) { index -> Played? in
      let played = Simulation.play(seeds.lowerBound + UInt64(index), sabotage: sabotage)
      guard !played.violations.isEmpty else { return nil }
      found(played)
      return played
    }
  }

  /// Does `body` for 0 ..< `count`, and returns what is not nil, in order.
  public static func each<Result: Sendable>(
    count: Int, workers: Int = 2, _ body: @escaping @Sendable (Int) -> Result?
  ) async -> [Result] {
    let next = SharedCounter()
    return await withTaskGroup(of: [(Int, Result)].self) { group in
      for _ in 0..<workers {
        group.addTask {
          var results: [(Int, Result)] = []
          while true {
            let index = next.take()
            guard index < count, !Task.isCancelled else { return results }
            if let result = body(index) { results.append((index, result)) }
          }
        }
      }
      var all: [(Int, Result)] = []
      for await results in group { all += results }
      return all.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }
}

private final class SharedCounter: Sendable {
  private let value = Atomic(0)
  func take() -> Int { value.add(1, ordering: .relaxed).oldValue }
}
