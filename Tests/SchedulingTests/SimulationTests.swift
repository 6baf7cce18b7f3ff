import Testing

@Suite struct SimulationTests {
  @Test(arguments: 0..<8) func rulesHoldWhateverHappens(block: UInt64) {
    for seed in block * 400..<(block + 1) * 400 {
      var world = World(seed: seed)
      let violations = world.play()
      guard violations.isEmpty else {
        Issue.record("seed \(seed): \(violations.joined(separator: "; "))")
        return
      }
    }
  }

  @Test(arguments: World.Sabotage.allCases) func sabotageIsNoticed(_ sabotage: World.Sabotage) {
    let isNoticed = (0..<400).contains { seed in
      var world = World(seed: UInt64(seed), sabotage: sabotage)
      return !world.play().isEmpty
    }
    #expect(isNoticed)
  }
}
