import Glibc
import Model
import Testing
import Wire

@testable import Agent

@Suite(.serialized) struct LinkTests {
  @Test func aCutLinkGoesOnLineExact() async throws {
    try await withNode { node in
      var client = try node.attach()
      let life = client.welcome?.life
      let text = (1...4).map { part in
        "\(node.awaiting("go\(part)")); i=0; while [ $i -lt 500 ]; do echo part \(part) line $i; i=$((i+1)); done"
      }
      let attempt = try client.script("long", text.joined(separator: "\n"))
      for part in 1...4 {
        let size = client.bytes(attempt).count
        try node.touch("go\(part)")
        try client.wait("part \(part)") { $0.bytes(attempt).count > size }
        client.cut()
        let next = try node.connect()
        next.takeOver(client)
        // Some of what came is durable, some of the rest is merely there.
        try next.attach("r1")
        next.acknowledge(next.received / 2)
        client = next
        #expect(client.welcome?.life == life)
      }
      #expect(try client.outcome(attempt).verdict == .pass)
      let expected = (1...4).flatMap { part in (0..<500).map { "part \(part) line \($0)\n" } }.joined()
      #expect(client.text(attempt) == expected && client.oddities == [])
    }
  }

  /// What a coordinator has received it may still lose: only an acknowledgement lets the agent forget.
  @Test func whatWasReceivedButNotAcknowledgedComesAgain() async throws {
    try await withNode { node in
      let first = try node.attach()
      let attempt = try first.script("kept", "echo kept; echo art >a") { $0.artifacts = ["a"] }
      #expect(try first.outcome(attempt).verdict == .pass)
      first.cut()
      let second = try node.connect()
      second.takeOver(first)
      try second.attach("r1")
      #expect(second.welcome?.attempts == [attempt] && second.welcome?.sequence == first.received)
      try second.roundTrip()
      second.cut()
      let killed = try node.attach()
      #expect(try killed.outcome(attempt).verdict == .pass)
      #expect(killed.text(attempt) == "kept\n" && killed.artifacts(attempt)["a"]?.text == "art\n")
      killed.acknowledge(killed.received)
      try killed.roundTrip()
      killed.cut()
      let last = try node.attach()
      #expect(last.welcome?.attempts == [] && last.welcome?.sequence == killed.received)
      try last.roundTrip()
      #expect(last.events == [])
    }
  }

  @Test func aSecondLinkTakesThePlaceOfTheFirst() async throws {
    try await withNode { node in
      let first = try node.attach()
      let attempt = try first.script("held", node.awaiting("go"))
      try first.wait("the start") { $0.hasStarted(attempt) }
      let second = try node.attach()
      try first.wait("the end of the first line") { $0.isOver }
      #expect(second.welcome?.attempts == [attempt])
      try node.touch("go")
      #expect(try second.outcome(attempt).verdict == .pass)
    }
  }

  @Test func unknownFramesAndFieldsArePassedOver() async throws {
    try await withNode { node in
      let client = try node.attach()
      for kind in [0, 9, 63, 70, 255] as [UInt8] { client.send(Frame.encode(Frame.Kind(rawValue: kind), [1, 2, 3])) }
      client.send(Frame.encode(.ping, []))
      client.acknowledge(.max)
      client.send(Frame.encode(.acknowledge, [1]))
      try client.roundTrip()
      try client.wait("both pongs") { $0.pongs.count > 1 || $0.isOver }
      #expect(client.pongs.map(\.count) == [8, 16] && client.refusal == nil)
    }
  }

  @Test func aPongTellsTheNodesTime() async throws {
    try await withNode { node in
      let client = try node.attach()
      let before = Clock.wall().nanoseconds
      client.send(Frame.encode(.ping, [8, 7, 6, 5, 4, 3, 2, 1]))
      try client.wait("a pong") { !$0.pongs.isEmpty }
      let pong = client.pongs.first ?? []
      #expect(pong.prefix(8) == [8, 7, 6, 5, 4, 3, 2, 1])
      #expect((before...Clock.wall().nanoseconds).contains(Int64(littleEndian: pong.dropFirst(8))))
    }
  }

  @Test(arguments: [
    Array("GET / HTTP/1.1\r\n\r\n".utf8), Magic.bytes.dropLast() + [0], Magic.bytes + Frame.encode(.ping, [1]),
    Magic.bytes + [255, 255, 255, 255, 1, 0, 0, 0], Magic.bytes + Frame.encode(.attach, Array("{}".utf8)),
    Magic.bytes + Frame.encode(.attach, []), Magic.bytes + Frame.encode(.run, Array("{}".utf8)),
  ])
  func whoDoesNotSpeakTheWireIsLetGo(_ bytes: [UInt8]) async throws {
    try await withNode { node in
      let good = try node.attach()
      let stranger = try node.connect()
      stranger.send(bytes)
      try stranger.wait("the end") { $0.isOver }
      #expect(stranger.refusal?.code == .wire && stranger.refusal?.message.isEmpty == false)
      #expect(try good.outcome(good.order("after", ["true"])).verdict == .pass)
    }
  }

  @Test func otherVersionsAreRefusedNamingBoth() async throws {
    try await withNode { node in
      let fault = #expect(throws: Fault.self) {
        try node.attach { ($0.wire, $0.version) = (WireVersions(lowest: 7, highest: 9), "9.9.9") }
      }
      #expect(fault?.code == .wire && fault?.hint != nil)
      for word in [sortieVersion, "wire \(WireVersions.current)", "9.9.9", "7-9"] {
        #expect(fault?.message.contains(word) == true, "\(fault?.message ?? "")")
      }
      // A future first word may lack what this version needs; the version is said all the same.
      struct Future: Encodable {
        var wire = WireVersions(lowest: 7, highest: 9)
        var version = "9.9.9"
      }
      let client = try node.connect()
      client.send(Magic.bytes + (try Frame.encode(.attach, json: Future())))
      try client.wait("a refusal") { $0.refusal != nil }
      #expect(client.refusal?.message.contains("7-9") == true, "\(client.refusal?.message ?? "")")
      #expect(try node.attach { $0.wire.highest = 9 }.welcome?.wire == WireVersions.current.highest)
    }
  }

  @Test func aLineServesOneRun() async throws {
    try await withNode { node in
      let client = try node.attach()
      try client.send(.attach, Attach(version: "test", run: RunID(rawValue: "r2"), node: "n1", slots: 1))
      try client.wait("a refusal") { $0.refusal != nil }
      #expect(client.refusal?.code == .wire)
    }
  }

  @Test(arguments: ["../r", "", "a/b", "."]) func runsNeedAFileName(_ run: String) async throws {
    try await withNode { node in #expect(throws: Fault.self) { try node.attach(run) } }
  }

  @Test(arguments: [0, -5, 0.5]) func leasesNeedASecond(_ lease: Double) async throws {
    try await withNode { node in #expect(throws: Fault.self) { try node.attach { $0.lease = lease } } }
  }
}
