import Model

/// What came of a world.
public struct Played: Sendable {
  /// Which one.
  public var seed: UInt64
  /// What must not happen and did; empty: all is well.
  public var violations: [String]
  /// What happened, a line each; empty unless it was asked for.
  public var trace: [String]
  /// How much happened.
  public var steps: Int
}

/// Worlds from seeds.
public enum Simulation {
  /// Plays the world of a seed.
  public static func play(_ seed: UInt64, sabotage: Sabotage? = nil, isTraced: Bool = false) -> Played {
    let chance = Chance(seed)
    do throws(Fault) {
      let world = try World(
        seed: seed, scenario: .random(chance), sabotage: sabotage, isTraced: isTraced, chance: chance)
      Weather(world).draw()
      let violations = world.play()
      return Played(seed: seed, violations: violations, trace: world.trace ?? [], steps: world.agenda.steps)
    } catch {
      return Played(seed: seed, violations: ["\(error)"], trace: [], steps: 0)
    }
  }
}
