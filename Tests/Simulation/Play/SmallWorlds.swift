import Model

/// Small worlds, explored exhaustively: one coordinator, two agents, two cases; the coordinator dies once, at any of
/// its steps, and one line is cut once, at any moment at which something happens. All else goes as it goes without
/// either.
public struct SmallWorlds: Sendable {
  /// Where the two troubles are.
  public struct Place: Sendable {
    /// The coordinator dies at this of its steps, from 1.
    public var crash: Int
    /// True: with its machine; false: by KILL.
    public var isPower: Bool
    /// The line of the first node is cut before this happens, from 1.
    public var cut: Int
  }

  /// The coordinator's steps, and everything's, where nothing goes wrong.
  public let coordinatorSteps: Int
  /// See ``coordinatorSteps``.
  public let steps: Int

  /// Looks how long such a world is.
  public init() {
    let (world, _) = SmallWorlds.play(nil)
    coordinatorSteps = world?.fuse.count ?? 0
    steps = world?.stepsWhenDone ?? 0
  }

  /// Every `stride`th place of the cut for each step of the coordinator and both ways to die.
  public func places(stride: Int = 1) -> [Place] {
    (1...max(1, coordinatorSteps)).flatMap { crash in
      [false, true].flatMap { isPower in
        // Another offset for each crash, so that a coarse net has no blind spots in common.
        Swift.stride(from: 1 + crash % stride, through: max(1, steps), by: stride).map { cut in
          Place(crash: crash, isPower: isPower, cut: cut)
        }
      }
    }
  }

  /// Plays one; returns what was violated.
  public static func violations(at place: Place) -> [String] { play(place).violations }

  private static func play(_ place: Place?) -> (world: World?, violations: [String]) {
    do throws(Fault) {
      let world = try World(seed: 1, scenario: scenario, sabotage: nil, isTraced: false, chance: Chance(1))
      if let place {
        world.fuse.arm(place.crash) { world.crash(isPower: place.isPower) }
        world.cut = (place.cut, 4)
      }
      return (world, world.play())
    } catch {
      return (nil, ["\(error)"])
    }
  }

  private static var scenario: Scenario {
    var own = Scenario()
    var tier = Tier(name: "t")
    for name in ["a", "b"] {
      var definition = CaseDefinition(name: name, tier: "t", run: RunSpec(driver: "exec"))
      definition.artifacts = ["out/*"]
      definition.locks = [LockRequest("sut", .exclusive)]
      tier.cases.append(definition)
    }
    own.catalog.tiers = [tier]
    own.lease = 3
    own.margin = 1
    own.longest = 0.5
    own.servers = [true]
    own.healed = 8
    return own
  }
}
