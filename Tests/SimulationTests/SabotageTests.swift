import Simulation
import Testing

/// The simulator finds deliberate bugs: each is caught by some seed among the first few hundred.
@Suite struct SabotageTests {
  @Test(arguments: Sabotage.allCases) func isCaught(_ sabotage: Sabotage) async {
    for start in stride(from: UInt64(1), to: 601, by: 20) {
      if await !Soak.play(start..<start + 20, sabotage: sabotage).isEmpty { return }
    }
    Issue.record("no seed up to 600 finds \(sabotage)")
  }
}
