import Simulation
import Testing

@Suite struct SeedTests {
  @Test func seeds() {
    for seed in UInt64(1)...50 { #expect(Simulation.play(seed).violations.isEmpty, "make soak SEED=\(seed)") }
  }
}
