import Glibc
import Journal
import Model
import Testing
import Wire

@testable import Coordination

/// What cases need on their nodes.
@Suite struct FileTests {
  private static func names(_ entries: [FileEntry]) -> [String] { entries.map(\.path) }

  @Test func foldersAreTakenWithAllThatIsInThem() throws {
    let world = try World()
    let folder = world.state + "/catalog"
    try makeFile(folder + "/suite/b.txt", Array("b".utf8))
    try makeFile(folder + "/suite/deep/er/a.sh", Array("a".utf8))
    try makeFile(folder + "/suite/empty", [])
    try makeFile(folder + "/suite/__pycache__/x.pyc", [1])
    try makeFile(world.state + "/outside/secret", Array("s".utf8))
    chmod(folder + "/suite/deep/er/a.sh", 0o700)
    #expect(symlink("b.txt", folder + "/suite/link-to-file") == 0)
    #expect(symlink(world.state + "/outside", folder + "/suite/link-to-folder") == 0)
    #expect(symlink(".", folder + "/suite/loop") == 0)
    #expect(mkfifo(folder + "/suite/pipe", 0o600) == 0)
    var contents = Contents()
    let entries = try contents.add(["suite"], in: folder)
    #expect(Self.names(entries) == ["suite/b.txt", "suite/deep/er/a.sh", "suite/empty", "suite/link-to-file"])
    #expect(entries.map(\.isExecutable) == [false, true, false, false])
    #expect(entries[2].size == 0)
    #expect(entries[2].hash == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(entries[0].hash == entries[3].hash)
    #expect(contents.source(entries[1].hash)?.path == folder + "/suite/deep/er/a.sh")
    #expect(try contents.add(["suite"], in: folder) == entries)
    #expect(try contents.add([], in: folder).isEmpty)
  }

  @Test(arguments: ["../x", "/etc/passwd", "", "a/../b", "."])
  func nothingOutsideTheCatalogsFolderIsTaken(_ name: String) throws {
    var contents = Contents()
    #expect(#expect(throws: Fault.self) { try contents.add([name], in: "/tmp") }?.code == .definition)
  }

  @Test func whatIsNotThereOrHasAnOddNameIsSaid() throws {
    let world = try World()
    var contents = Contents()
    #expect(#expect(throws: Fault.self) { try contents.add(["no"], in: world.state) }?.code == .notFound)
    try makeFile(world.state + "/odd/" + String(repeating: "n", count: 240), [1])
    #expect(#expect(throws: Fault.self) { try contents.add(["odd"], in: world.state) }?.code == .definition)
    #expect(symlink("/nowhere", world.state + "/dangling") == 0)
    #expect(#expect(throws: Fault.self) { try contents.add(["dangling"], in: world.state) }?.code == .notFound)
  }

  private static func needing(_ names: [String], _ world: World, _ files: [String]) -> Plan {
    let folder = world.state + "/catalog"
    return plan(names) {
      $0.files = files
      $0.folder = folder
    }
  }

  @Test func aNodeGetsWhatItLacksAndEachContentOnce() async throws {
    let world = try World(ScriptedAgent("n1"))
    let big = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    try makeFile(world.state + "/catalog/s/big", big)
    try makeFile(world.state + "/catalog/s/same", big)
    try makeFile(world.state + "/catalog/s/empty", [])
    let observed = try await world.run(Self.needing((1...6).map { "c\($0)" }, world, ["s"]))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    let seen = world.agents[0].seen
    #expect(seen.offers.count == 1, "what is known to be there is not offered again")
    #expect(seen.blobs.count == 2)
    #expect(seen.blobs.values.contains(big) && seen.blobs.values.contains([]))
    #expect(Self.names(seen.orders[0].files) == ["s/big", "s/empty", "s/same"])
  }

  @Test func aNodeThatHasEverythingGetsNothing() async throws {
    var script = ScriptedAgent.Script()
    script.want = { _ in Offer(blobs: ["ab": 3, String(repeating: "0", count: 64): 9]) }
    let world = try World(ScriptedAgent("n1", script))
    try makeFile(world.state + "/catalog/s", [1, 2])
    let observed = try await world.run(Self.needing(["c"], world, ["s"]))
    #expect(observed.verdicts == ["c": .pass])
    #expect(world.agents[0].seen.blobs.isEmpty, "it gets nothing that was not offered")
  }

  @Test func aNodeThatDoesNotSayWhatItLacksIsLeft() async throws {
    let gate = Mailbox<Void>()
    var script = ScriptedAgent.Script()
    script.want = { _ in nil }
    script.offered = { _ in gate.close() }
    let world = try World(ScriptedAgent("n1", script), .behind(gate, "n2"))
    try makeFile(world.state + "/catalog/s", [1, 2])
    let plan = Self.needing(["c1", "c2", "c3"], world, ["s"])
    // It answers pings all the while.
    let observed = try await world.run(plan, world.settings(lease: 2, silence: 0.5))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    #expect(
      observed.events.contains {
        if case .nodeLost(let lost) = $0.activity { lost.reason.contains("which files it lacks") } else { false }
      })
    #expect(observed.attempts.allSatisfy { $0.outcome.verdict == .pass ? $0.node == "n2" : $0.node == "n1" })
  }

  @Test func aFileThatChangedIsAnErrorOfItsCasesOnly() async throws {
    let world = try World(ScriptedAgent("n1"), ScriptedAgent("n2"))
    var contents = Contents()
    let folder = world.state + "/catalog"
    try makeFile(folder + "/changed", Array("before".utf8))
    try makeFile(folder + "/shrunk", Array("before".utf8))
    try makeFile(folder + "/gone", Array("here".utf8))
    for name in ["changed", "shrunk", "gone"] { _ = try contents.add([name], in: folder) }
    try makeFile(folder + "/changed", Array("behind".utf8))
    try makeFile(folder + "/shrunk", Array("be".utf8))
    unlink(folder + "/gone")
    var plan = plan(["a", "b", "c", "good"]) { $0.folder = folder }
    for (index, name) in ["changed", "shrunk", "gone"].enumerated() { plan.cases[index].definition.files = [name] }
    let observed = try await world.run(plan, contents: contents)
    #expect(observed.verdicts == ["a": .error, "b": .error, "c": .error, "good": .pass])
    #expect(world.agents.allSatisfy { $0.seen.greetings.count == 1 }, "no line suffers for it")
  }

  @Test func aCutWhileFilesTravelMakesThemTravelAgain() async throws {
    var script = ScriptedAgent.Script()
    script.received = { hash, agent in
      guard agent.seen.greetings.count == 1 else { return }
      agent.forget(hash)
      agent.cut()
    }
    let world = try World(ScriptedAgent("n1", script))
    let bytes = [UInt8](repeating: 9, count: 600_000)
    try makeFile(world.state + "/catalog/s", bytes)
    let observed = try await world.run(Self.needing(["c1", "c2"], world, ["s"]))
    #expect(observed.verdicts.values.allSatisfy { $0 == .pass })
    #expect(world.agents[0].seen.blobs.values.first == bytes)
  }
}
