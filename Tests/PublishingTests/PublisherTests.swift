import Dialects
import Model
import Publishing
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct PublisherTests {
  private func isResult(_ request: ScriptedServer.Request) -> Bool {
    request.method == "POST" && request.target.hasSuffix("/results")
  }

  private func publisher(
    _ path: String, servers: [ServerAddress] = [], time: VirtualTime = VirtualTime(),
    limits: HTTPLimits = HTTPLimits(), record: @escaping Publisher.Recorder = { _ in }
  ) throws -> Publisher {
    Publisher(
      try OutboxFolder(path), servers: servers, surroundings: time.surroundings,
      connect: { address throws(Fault) in try Publisher.client(for: address, limits: limits) }, record: record)
  }

  @Test func `results are delivered in order and recorded before they leave the outbox`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let seen = Mutex<[(Delivery, Int)]>([])
      let publisher = try publisher(path) { delivery in
        let left = (try? names(in: path).filter { $0.hasSuffix(".json") }.count) ?? -1
        seen.withLock { $0.append((delivery, left)) }
      }
      let address = try ServerAddress(parsing: server.base)
      for number in [2, 1, 3] { try await publisher.enqueue(number, to: address) }
      let summary = try await publisher.deliver(until: .infinity)
      #expect(api.stored == [2, 1, 3].map { attempt($0).rawValue })
      #expect(summary.delivered.map(\.attempt) == [2, 1, 3].map(attempt))
      #expect(summary.refused.isEmpty && summary.pending.isEmpty && summary.notices.isEmpty)
      #expect(seen.withLock { $0.map(\.1) } == [3, 2, 1])
      #expect(
        summary.delivered[0].published
          == [
            .init(
              id: CaseID(rawValue: "c2"), server: server.base, link: server.base + "/results/5f0000000000000000000000")
          ])
      #expect(try names(in: path) == ["damaged", "lock", "refused", "trouble"])
      #expect(try await publisher.deliver(until: .infinity) == DeliverySummary())
    }
  }

  @Test func `a refused result is kept aside and holds nothing back`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer {
        isResult($0) && $0.text.contains("c1") ? .answer("403 Not Today") : api.answer($0)
      }
      defer { server.stop() }
      let publisher = try publisher(path)
      for number in 1...2 { try await publisher.enqueue(number, to: ServerAddress(parsing: server.base)) }
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.refused.map(\.end) == [.refused(reason: "403 Not Today")])
      #expect(summary.refused.first?.published.first?.refusal == "403 Not Today")
      #expect(api.stored == [attempt(2).rawValue])
      #expect(try names(in: path + "/refused").count == 1)
    }
  }

  @Test func `a server that is down gets its results when it is back`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let down = try ScriptedServer { _ in .cut }
      down.stop()
      let later = Mutex<ScriptedServer?>(nil)
      let waits = Mutex(0)
      let time = VirtualTime {
        guard
          waits.withLock({
            $0 += 1; return $0
          }) == 3
        else { return }
        later.withLock { $0 = try? ScriptedServer(port: down.port) { api.answer($0) } }
      }
      defer { later.withLock { $0?.stop() } }
      let publisher = try publisher(path, time: time)
      for number in 1...3 { try await publisher.enqueue(number, to: ServerAddress(parsing: down.base)) }
      let early = try await publisher.deliver(until: time.now + 0.1)
      #expect(early.pending.map(\.count) == [3])
      #expect(early.pending.first?.reason?.isEmpty == false)
      #expect(time.waited.isEmpty)
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.delivered.map(\.attempt) == (1...3).map(attempt))
      #expect(time.waited == [0.75, 1.5, 3])
      #expect(api.stored.count == 3)
    }
  }

  /// The server stores and then loses the answer, in every way there is: one copy all the same.
  @Test(arguments: [
    ScriptedServer.Action.cut, .stall, .raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    .answer("502 Bad Gateway"),
    .answer("504 Gateway Timeout"), .answer("500 Internal Server Error"), .answer("200 OK", body: "<html>"),
  ]) func `what was stored without an answer is not sent again`(lost: ScriptedServer.Action) async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let posts = Mutex(0)
      let server = try ScriptedServer { request in
        let answer = api.answer(request)
        return isResult(request)
          && posts.withLock({
            $0 += 1; return $0
          }) == 2 ? lost : answer
      }
      defer { server.stop() }
      let publisher = try publisher(path, limits: HTTPLimits(totalSeconds: 0.5))
      for number in 1...3 { try await publisher.enqueue(number, to: ServerAddress(parsing: server.base)) }
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.delivered.map(\.attempt) == (1...3).map(attempt))
      #expect(api.stored == (1...3).map { attempt($0).rawValue })
    }
  }

  @Test(arguments: [ScriptedServer.Action.cut, .answer("500 x"), .answer("502 x"), .answer("503 x"), .answer("429 x")])
  func `what was not stored is sent again`(failure: ScriptedServer.Action) async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let posts = Mutex(0)
      let server = try ScriptedServer { request in
        isResult(request)
          && posts.withLock({
            $0 += 1; return $0
          }) <= 2 ? failure : api.answer(request)
      }
      defer { server.stop() }
      let publisher = try publisher(path)
      for number in 1...3 { try await publisher.enqueue(number, to: ServerAddress(parsing: server.base)) }
      #expect(try await publisher.deliver(until: .infinity).delivered.count == 3)
      #expect(api.stored == (1...3).map { attempt($0).rawValue })
    }
  }

  @Test func `one result that the server always fails at does not block the rest`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer {
        isResult($0) && $0.text.contains("c1") ? .answer("500 oops") : api.answer($0)
      }
      defer { server.stop() }
      let time = VirtualTime()
      let publisher = try publisher(path, time: time)
      for number in 1...3 { try await publisher.enqueue(number, to: ServerAddress(parsing: server.base)) }
      let summary = try await publisher.deliver(until: time.now + 1000)
      #expect(summary.delivered.map(\.attempt) == [2, 3].map(attempt))
      #expect(summary.pending == [.init(server: server.base, count: 1, reason: "500 oops")])
    }
  }

  @Test func `another process takes up what a killed one had in hand`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let address = try ServerAddress(parsing: server.base)
      // The killed one had delivered the second, and neither recorded nor removed it.
      let folder = try OutboxFolder(path)
      for number in 1...3 { try await folder.store(try entry(number, to: address)) }
      let second = try entry(2, to: address)
      try await folder.mark(second.key, sent: true)
      _ = try await TestAPIClient(to: address).send(second)
      let summary = try await publisher(path).deliver(until: .infinity)
      #expect(summary.delivered.map(\.attempt) == (1...3).map(attempt))
      #expect(Set(api.stored).count == 3 && api.stored.count == 3)
    }
  }

  @Test func `an entry is marked before it is sent, and unmarked when it certainly did not arrive`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let seen = Mutex<[Bool]>([])
      let server = try ScriptedServer { request in
        guard isResult(request) else { return api.answer(request) }
        let marked = (try? names(in: path).contains { $0.hasSuffix(".sent.json") }) ?? false
        return seen.withLock {
          $0.append(marked)
          return $0.count == 1 ? .answer("503 Busy") : api.answer(request)
        }
      }
      defer { server.stop() }
      let time = VirtualTime()
      let publisher = try publisher(path, time: time)
      try await publisher.enqueue(1, to: ServerAddress(parsing: server.base))
      _ = try await publisher.deliver(until: time.now + 0.1)
      #expect(try !names(in: path).contains { $0.hasSuffix(".sent.json") })
      #expect(try await publisher.deliver(until: .infinity).delivered.count == 1)
      #expect(seen.withLock { $0 } == [true, true])
    }
  }

  @Test func `a delivery that cannot be recorded is kept, and found there the next time`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let isFull = Mutex(true)
      let publisher = try publisher(path) { _ throws(Fault) in
        if isFull.withLock({ $0 }) { throw Fault(.system, "write journal: No space left on device") }
      }
      try await publisher.enqueue(1, to: ServerAddress(parsing: server.base))
      let first = try await publisher.deliver(until: .infinity)
      #expect(first.delivered.isEmpty && first.pending.map(\.count) == [1])
      #expect(first.notices.first?.contains("No space left") == true)
      isFull.withLock { $0 = false }
      #expect(try await publisher.deliver(until: .infinity).delivered.count == 1)
      #expect(api.stored.count == 1)
    }
  }

  @Test func `while one process delivers, another leaves it to that one`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let (arrivals, arrival) = AsyncStream<Void>.makeStream()
      let (opens, open) = AsyncStream<Void>.makeStream()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let address = try ServerAddress(parsing: server.base)
      let first = try publisher(path) { _ in
        arrival.yield()
        for await _ in opens { break }
      }
      let second = try publisher(path)
      try await first.enqueue(1, to: address)
      try await withThrowingTaskGroup { group in
        group.addTask { try await first.deliver(until: .infinity) }
        for await _ in arrivals { break }
        try await second.enqueue(2, to: address)
        let busy = try await second.deliver(until: .infinity)
        #expect(busy.delivered.isEmpty && busy.pending.map(\.count) == [2])
        #expect(busy.notices.count == 1)
        open.yield()
        open.yield()
        open.finish()
        // The first one also delivers what was put in meanwhile.
        #expect(try await group.next()?.delivered.map(\.attempt) == [1, 2].map(attempt))
      }
      #expect(try await second.deliver(until: .infinity) == DeliverySummary())
      #expect(api.stored.count == 2)
    }
  }

  @Test func `a stalled server does not hold up another`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let good = try ScriptedServer { api.answer($0) }
      let stalled = try ScriptedServer { _ in .stall }
      defer {
        good.stop()
        stalled.stop()
      }
      let (deliveries, delivered) = AsyncStream<Delivery>.makeStream()
      let publisher = try publisher(path, limits: HTTPLimits(totalSeconds: 86400)) { delivered.yield($0) }
      for server in [stalled, good] { try await publisher.enqueue(1, to: ServerAddress(parsing: server.base)) }
      await withTaskGroup { group in
        group.addTask { try? await publisher.deliver(until: .infinity) }
        for await delivery in deliveries {
          #expect(delivery.server == good.base)
          break
        }
        // Ends the stalled transfer: nothing is lost by it.
        group.cancelAll()
        #expect(await group.next()??.pending.map(\.server) == [stalled.base])
      }
    }
  }

  @Test func `credentials are not kept, and missed by name`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer {
        $0.header("X-Auth-Token") == "tok" ? api.answer($0) : .answer("401 No Authentication Header")
      }
      defer { server.stop() }
      let address = try ServerAddress(parsing: server.base, token: "tok")
      try await OutboxFolder(path).store(try entry(1, to: address))
      let poor = try await publisher(path).deliver(until: .infinity)
      #expect(poor.pending.first?.reason?.contains("credentials") == true)
      #expect(server.requests.isEmpty)
      let wrong = try publisher(path, servers: [try ServerAddress(parsing: server.base, token: "old")])
      let held = try await wrong.deliver(until: .infinity)
      #expect(held.pending.map(\.count) == [1] && held.refused.isEmpty)
      #expect(try await publisher(path, servers: [address]).deliver(until: .infinity).delivered.count == 1)
      #expect(api.stored.count == 1)
    }
  }

  @Test func `a file takes one result a line, once`() async throws {
    try await withTemporaryFolder { path in
      let address = try ServerAddress(parsing: "file://\(path)/dump.json")
      let publisher = try publisher(path + "/outbox")
      for number in 1...2 { try await publisher.enqueue(number, to: address) }
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.delivered.map(\.end) == Array(repeating: .delivered(link: address.displayName), count: 2))
      let lines = try (1...2).map { String(decoding: try submission($0).body, as: UTF8.self) + "\n" }
      #expect(try read(path + "/dump.json") == lines.joined())
      let dump = try FileDump(to: address)
      #expect(try await dump.ask(entry(2, to: address)) == .found(link: address.displayName))
      #expect(try await dump.ask(entry(3, to: address)) == .absent)
      // A torn line is none, and the next result does not stick to it.
      try write(String(lines[0].dropLast(2)), to: path + "/dump.json")
      #expect(try await dump.ask(entry(1, to: address)) == .absent)
      _ = try await dump.send(entry(1, to: address))
      #expect(try read(path + "/dump.json") == lines[0].dropLast(2) + "\n" + lines[0])
      let nowhere = try FileDump(to: ServerAddress(parsing: "file://\(path)/no/such/x"))
      let result = try await nowhere.send(entry(1, to: address))
      if case .unavailable = result {} else { Issue.record("\(result)") }
    }
  }

  @Test func `a damaged outbox is no reason to stop`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let publisher = try publisher(path)
      try await publisher.enqueue(1, to: ServerAddress(parsing: server.base))
      try await publisher.enqueue(2, to: ServerAddress(parsing: server.base))
      let name = try #require(try names(in: path).first { $0.hasSuffix(".json") })
      try write("{\"version\":", to: path + "/" + name)
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.delivered.map(\.attempt) == [attempt(2)])
      #expect(try names(in: path + "/damaged") == [name])
    }
  }
}
