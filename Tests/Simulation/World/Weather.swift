/// What goes wrong in a world, and when.
struct Weather {
  /// Kinds of trouble.
  enum Trouble: CaseIterable {
    case cut, reset, halfOpen, slow
    case killAgent, killSlot, losePower, suspend, stopAgent, fullNode, failingNode
    case killCoordinator, coordinatorLosesPower, interruptCoordinator, stopCoordinator, fullCoordinator
    case failingCoordinator, clockJump
    case killCollector, troubledCollector
    case interruptAgent, stop, drain
  }

  private unowned let world: World
  private var chance: Chance { world.chance }
  private var rest: Double { max(0, world.scenario.healed - world.agenda.now) }

  init(_ world: World) { self.world = world }

  /// Draws what happens to a world.
  func draw() {
    let kinds = (0..<1 + chance.below(3)).compactMap { _ in chance.pick(Trouble.allCases) }
    // Most of a run's work is done by then.
    let busy = min(world.scenario.healed - 1, 1 + world.scenario.work / Double(world.nodes.count))
    // Troubles seldom come alone: of few kinds, and close to each other.
    let first = chance.between(0, busy)
    for _ in 0..<chance.below(9) {
      guard let trouble = chance.pick(kinds + [Trouble.cut, .interruptCoordinator, .killAgent]) else { continue }
      let time = chance.percent(50) ? min(busy, first + chance.between(0, 3)) : chance.between(0, busy)
      world.agenda.after(time) { self.begin(trouble) }
    }
    for server in world.servers where chance.percent(30) { server.trouble = 20 + chance.below(60) }
    if chance.percent(4) { world.lie() }
    world.agenda.after(world.scenario.healed) { self.heal() }
  }

  private func heal() {
    world.note { "everything is well again" }
    for node in world.nodes {
      node.network.heal()
      node.disk.room = nil
      node.disk.failingSyncs = 0
    }
    world.disk.room = nil
    world.disk.failingSyncs = 0
    for server in world.servers { server.trouble = 0 }
  }

  private func begin(_ trouble: Trouble) {
    guard let node = chance.pick(world.nodes) else { return }
    let seconds = min(rest, chance.percent(50) ? chance.between(0.1, 8) : chance.between(5, 40))
    world.note { "weather: \(trouble) \(node.name) \(seconds) s" }
    switch trouble {
    case .cut:
      node.network.cut()
      world.agenda.after(seconds) { node.network.heal() }
    case .reset: node.network.reset()
    case .halfOpen:
      node.network.block(chance.pick([[.up], [.down], [.up, .down]]) ?? [.up])
      world.agenda.after(seconds) { node.network.heal() }
    case .slow:
      node.network.latency = 0.1...chance.between(0.2, 2)
      world.agenda.after(seconds) { node.network.latency = 0.0005...0.02 }
    case .killAgent: node.killAgent()
    case .killSlot: node.killSlot()
    case .losePower: node.losePower(for: seconds)
    case .suspend: node.suspend(for: seconds)
    case .stopAgent: node.stopAgent(for: seconds)
    case .fullNode: fill(node.disk, for: seconds)
    case .failingNode: node.disk.failingSyncs = 1 + chance.below(3)
    case .interruptAgent:
      let isPower = chance.percent(50)
      node.fuse.arm(1 + chance.below(15)) { if isPower { node.losePower(for: seconds) } else { node.killAgent() } }
    case .killCoordinator: world.crash(isPower: false)
    case .coordinatorLosesPower: world.crash(isPower: true)
    case .interruptCoordinator:
      let isPower = chance.percent(60)
      world.fuse.arm(1 + chance.below(40)) { self.world.crash(isPower: isPower) }
    case .stopCoordinator: world.stopCoordinator(for: seconds)
    case .fullCoordinator: fill(world.disk, for: seconds)
    case .failingCoordinator: world.disk.failingSyncs = 1 + chance.below(3)
    case .clockJump:
      let jump = chance.between(-7200, 7200)
      if chance.percent(50) { node.wall.skew += jump } else { world.wall.skew += jump }
    case .killCollector: chance.pick(world.servers)?.crash(for: seconds)
    case .troubledCollector:
      guard let server = chance.pick(world.servers) else { return }
      server.trouble = 20 + chance.below(80)
      world.agenda.after(seconds) { server.trouble = 0 }
    case .stop: if chance.percent(50) { world.cancel(now: chance.percent(25)) }
    case .drain: if chance.percent(50) { world.drain(node.name) }
    }
  }

  private func fill(_ disk: SimulatedDisk, for seconds: Double) {
    disk.room = chance.below(2000)
    world.agenda.after(seconds) { disk.room = nil }
  }
}
