import Simulation
import Testing

/// What must never happen does not, in some thousand worlds.
@Suite struct SeedTests {
  @Test func seeds() async {
    let bad = await Soak.play(1..<2001)
    for world in bad.prefix(5) {
      Issue.record("make soak SEED=\(world.seed)\n\(world.violations.joined(separator: "\n"))")
    }
    #expect(bad.isEmpty)
  }

  @Test func aSeedIsReplayed() {
    for seed in UInt64(1)...20 {
      let (first, second) = (Simulation.play(seed, isTraced: true), Simulation.play(seed, isTraced: true))
      #expect(first.trace == second.trace)
    }
  }

  @Test func smallWorlds() async {
    let worlds = SmallWorlds()
    #expect(worlds.coordinatorSteps > 50)
    let places = worlds.places(stride: 7)
    let bad = await Soak.each(count: places.count) { index -> String? in
      SmallWorlds.violations(at: places[index]).first.map { "\(places[index]): \($0)" }
    }
    #expect(bad.prefix(5) == [])
  }
}
