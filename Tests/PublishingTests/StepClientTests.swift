import Dialects
import Model
import Publishing
import Synchronization
import Testing

/// Whole runs on their way to servers like the originals, over real sockets.
@Suite(.timeLimit(.minutes(2))) struct StepClientTests {
  private func addresses(_ server: ScriptedServer) throws -> [ServerAddress] {
    [
      try ServerAddress(parsing: "paddles+http://127.0.0.1:\(server.port)/paddles"),
      try ServerAddress(parsing: "avocado+http://joe:sesame@127.0.0.1:\(server.port)/avocado", token: "tok"),
    ]
  }

  private func submissions(_ script: RunScript, for address: ServerAddress) -> [Submission] {
    var mapping: any EventMapping =
      address.dialect == .paddles ? PaddlesMapping() : AvocadoMapping { _, _ in "some.log" }
    return script.events.flatMap { mapping.take($0) }
  }

  /// Nothing here may depend on how fast a machine is: an exchange is only given up where a test says so.
  private func publisher(
    _ path: String, _ servers: [ServerAddress], _ time: VirtualTime, giveUp: [ServerAddress.Dialect: Double] = [:],
    record: @escaping Publisher.Recorder = { _ in }
  ) throws -> Publisher {
    Publisher(
      try OutboxFolder(path), servers: servers, surroundings: time.surroundings,
      connect: { address throws(Fault) in
        let seconds = giveUp[address.dialect] ?? 100
        return try Publisher.client(for: address, limits: HTTPLimits(connectSeconds: seconds, totalSeconds: seconds))
      }, record: record)
  }

  @Test func `a run arrives at both as it was, with credentials, and each case is recorded once`() async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let server = try ScriptedServer { fake.answer($0) }
      defer { server.stop() }
      let (script, truth) = RunScript.random(7)
      let recorded = Mutex<[Delivery]>([])
      let addresses = try addresses(server)
      let publisher = try publisher(path, addresses, VirtualTime()) { one in recorded.withLock { $0.append(one) } }
      for address in addresses {
        for one in submissions(script, for: address) { try await publisher.enqueue(one, to: address, run: run) }
      }
      for name in try names(in: path) where name.hasSuffix(".json") {
        #expect(try !read(path + "/" + name).contains("sesame"))
      }
      let summary = try await publisher.deliver(until: .infinity)
      #expect(fake.truth == truth)
      #expect(summary.refused.isEmpty && summary.pending.isEmpty)
      let published = recorded.withLock { $0.flatMap(\.published) }
      #expect(Set(published).count == published.count)
      let tests = published.filter { $0.server == addresses[1].displayName }
      #expect(Set(tests.map(\.id.rawValue)) == Set(truth.tests.keys))
      #expect(tests.allSatisfy { $0.link?.hasPrefix("http://127.0.0.1:\(server.port)/avocado/jobs/") == true })
      #expect(tests.allSatisfy { !($0.link ?? "{").contains("{") })
      for request in server.requests where request.target.hasPrefix("/avocado") {
        #expect(request.header("Authorization") == "Basic am9lOnNlc2FtZQ==" && request.header("X-Auth-Token") == "tok")
      }
      #expect(
        server.requests.filter { $0.target.hasPrefix("/paddles") }.allSatisfy { $0.header("X-Auth-Token") == nil })
    }
  }

  /// What a server does with a request.
  enum Mishap: Sendable {
    case cut, storedAndCut, busy, held, failed, storedAndBadGateway, storedAndFailed

    func answer(_ request: ScriptedServer.Request, _ fake: FakeRunServer) -> ScriptedServer.Action {
      if [.storedAndCut, .storedAndBadGateway, .storedAndFailed].contains(self) { _ = fake.answer(request) }
      return switch self {
      case .cut, .storedAndCut: .cut
      case .busy: .answer("503 Busy")
      case .held: .answer("401 Unauthorized")
      case .failed, .storedAndFailed: .answer("500 Internal Server Error", body: "<html>")
      case .storedAndBadGateway: .answer("502 Bad Gateway")
      }
    }
  }

  /// The process dies at the first trouble, wherever that is, and the next one knows only what lies in the outbox.
  @Test(arguments: [Mishap.busy, .held, .storedAndCut])
  func `whoever takes up what was done in part asks first`(mishap: Mishap) async throws {
    var script = RunScript([("a", "t", "d")])
    script.play("a", .fail)
    script.close()
    var (place, isOver) = (0, false)
    while !isOver {
      try await withTemporaryFolder { path in
        let fake = FakeRunServer()
        let fatal = place
        let server = try ScriptedServer { $0.number == fatal ? mishap.answer($0, fake) : fake.answer($0) }
        defer { server.stop() }
        let addresses = try addresses(server)
        let time = VirtualTime()
        for life in 0..<2 {
          let process = try publisher(path, addresses, time)
          for address in addresses where life == 0 {
            for one in submissions(script, for: address) { try await process.enqueue(one, to: address, run: run) }
          }
          let summary = try await process.deliver(until: life == 0 ? time.now + 0.1 : .infinity)
          #expect(summary.refused.isEmpty && (life == 0 || summary.pending.isEmpty), "\(place) \(summary)")
        }
        #expect(fake.truth.jobs == ["1": "fail"] && fake.truth.tests == ["a": "FAIL"] && fake.truth.job == "FAIL")
        #expect(fake.truth.attempts == ["a": 2], "\(place)")
        for (path, list) in fake.content.lists { #expect(Set(list).count == list.count, "\(place) \(path)") }
        // What is sent again is sent under the same key, by whatever process.
        let writes = server.requests.filter { $0.method != "GET" }
        let named = Dictionary(grouping: writes) { [$0.method, $0.target, $0.text] }
        for (what, all) in named { #expect(Set(all.map { $0.header("Idempotency-Key") }).count == 1, "\(what)") }
        #expect(Set(writes.map { $0.header("Idempotency-Key") }).count == named.count)
        isOver = server.requests.count <= place
      }
      place += 1
    }
    #expect(place > 15)
  }

  /// A server that stores or not, answers or not, fails and is away, and a process that dies in between and is resumed:
  /// everything arrives, nothing twice, nothing out of order.
  @Test(arguments: 0..<16) func `whatever happens, a run arrives as it was, once`(seed: Int) async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      // Each dialect has a luck of its own, so that a seed is the same story however the two take turns.
      let luck = Mutex([
        "/paddles": (SplitMix(state: UInt64(seed)), 0), "/avocado": (SplitMix(state: ~UInt64(seed)), 0),
      ])
      let server = try ScriptedServer { request in
        let chance = luck.withLock { all -> Int in
          var state = all[String(request.target.prefix(8))] ?? (SplitMix(state: 0), 0)
          state.1 += 1
          let chance = state.1 > 200 ? 99 : Int.random(in: 0..<30, using: &state.0)
          all[String(request.target.prefix(8))] = state
          return chance
        }
        let mishaps: [Mishap] = [.cut, .storedAndCut, .busy, .failed, .storedAndBadGateway, .storedAndFailed]
        return chance < mishaps.count ? mishaps[chance].answer(request, fake) : fake.answer(request)
      }
      defer { server.stop() }
      let (script, truth) = RunScript.random(seed)
      let time = VirtualTime()
      let recorded = Mutex<[Activity.Published]>([])
      let addresses = try addresses(server)
      var life = 0
      var isDone = false
      while !isDone, life < 8 {
        // Each process gets a little further; the last one as far as it goes.
        let process = try publisher(path, addresses, time) { one in recorded.withLock { $0 += one.published } }
        for address in addresses {
          let known = Set(recorded.withLock { $0 }.filter { $0.server == address.displayName }.map(\.id))
          let all = submissions(script, for: address)
          let part = life == 0 ? Array(all.prefix(all.count / 2)) : all
          if life == 0 {
            for one in part { try await process.enqueue(one, to: address, run: run) }
          } else {
            try await process.enqueueAgain(Backlog.open(all, published: known), to: address, run: run)
          }
        }
        let summary = try await process.deliver(until: time.now + (life > 5 ? 1e6 : 3))
        #expect(summary.refused.isEmpty, "\(summary.refused)")
        isDone = life > 5 && summary.pending.isEmpty
        life += 1
      }
      #expect(isDone)
      #expect(fake.truth == truth)
      for (path, list) in fake.content.lists { #expect(Set(list).count == list.count, "\(path)") }
      // Statuses never go back.
      for id in truth.jobs.keys {
        let writes = fake.content.writes.filter { $0.hasPrefix("job \(id) ") }
        #expect(writes.count == Set(writes).count && writes.first?.hasSuffix("queued") == true, "\(writes)")
      }
    }
  }

  /// What servers that are none, or want something, answer: it is said, and held.
  @Test(arguments: [
    (ScriptedServer.Action.answer("302 Found", headers: ["Location: http://h/x/"]), "points to http://h/x/"),
    (.answer("301 Moved Permanently", headers: ["Location: http://h/x/"]), "is this the base path?"),
    (.answer("404 Not Found", body: "<html>"), "name its base path"),
    (.answer("200 OK", body: "<html>hello"), "name its base path"), (.answer("405 Nope"), "name its base path"),
    (.answer("401 Unauthorized"), "SORTIE_TOKEN"),
    (.answer("403 Forbidden", body: #"{"detail": "Invalid username/password."}"#), "Invalid username/password."),
  ]) func `what is wrong with an address is said and held`(row: (answer: ScriptedServer.Action, words: String))
    async throws
  {
    for index in 0..<2 {
      try await withTemporaryFolder { path in
        let server = try ScriptedServer { _ in row.answer }
        defer { server.stop() }
        let address = try addresses(server)[index]
        let publisher = try publisher(path, [address], VirtualTime())
        let all = submissions(RunScript([("a", "t", "d")]), for: address)
        for one in all { try await publisher.enqueue(one, to: address, run: run) }
        let summary = try await publisher.deliver(until: .infinity)
        #expect(summary.pending.map(\.count) == [all.count] && server.requests.count == 1)
        #expect(summary.pending.first?.reason?.contains(row.words) == true, "\(summary.pending)")
      }
    }
  }

  @Test func `what a server does not want is kept aside with its words, and holds nothing back`() async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let server = try ScriptedServer { request in
        guard request.method == "POST", request.text.contains(#""tag": "a""#) else { return fake.answer(request) }
        return .answer("400 Bad Request", body: #"{"tag": ["Too long.", "Too odd."], "status": ["No."]}"#)
      }
      defer { server.stop() }
      let address = try addresses(server)[1]
      var script = RunScript([("a", "t", "d"), ("b", "t", "d")])
      for name in ["a", "b"] { script.play(name, .pass) }
      script.close()
      let publisher = try publisher(path, [address], VirtualTime())
      for one in submissions(script, for: address) { try await publisher.enqueue(one, to: address, run: run) }
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.refused.map(\.title) == ["a"])
      #expect(
        summary.refused.first?.end == .refused(reason: "400 Bad Request: status: No.; tag: Too long. Too odd."))
      #expect(fake.truth.tests == ["b": "PASS"] && fake.truth.job == "PASS")
    }
  }

  @Test func `a job that somebody deleted is made anew`() async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let server = try ScriptedServer { fake.answer($0) }
      defer { server.stop() }
      let address = try addresses(server)[0]
      var script = RunScript([("a", "t", "d")])
      script.play("a", .pass)
      let all = submissions(script, for: address)
      let publisher = try publisher(path, [address], VirtualTime())
      try await publisher.enqueue(all[0], to: address, run: run)
      _ = try await publisher.deliver(until: .infinity)
      fake.change { $0.jobs = [:] }
      try await publisher.enqueue(all[2], to: address, run: run)
      #expect(try await publisher.deliver(until: .infinity).delivered.count == 1)
      #expect(fake.truth.jobs == ["1": "pass"])
    }
  }

  @Test func `a server that stalls holds up no other`() async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let server = try ScriptedServer { $0.target.hasPrefix("/paddles") ? .stall : fake.answer($0) }
      defer { server.stop() }
      let (script, truth) = RunScript.random(3)
      let time = VirtualTime()
      let addresses = try addresses(server)
      let publisher = try publisher(path, addresses, time, giveUp: [.paddles: 0.5])
      for address in addresses {
        for one in submissions(script, for: address) { try await publisher.enqueue(one, to: address, run: run) }
      }
      let summary = try await publisher.deliver(until: time.now + 1)
      #expect(fake.truth.tests == truth.tests && fake.truth.job == truth.job)
      #expect(summary.pending.map(\.server) == [addresses[0].displayName])
    }
  }

  @Test func `a sign of life that goes wrong leaves nothing behind`() async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let server = try ScriptedServer {
        $0.method == "PUT" && !$0.text.contains("status") ? .answer("400 Bad") : fake.answer($0)
      }
      defer { server.stop() }
      let address = try addresses(server)[0]
      var script = RunScript([("a", "t", "d")])
      script.start("a")
      var mapping = PaddlesMapping()
      let publisher = try publisher(path, [address], VirtualTime())
      for one in script.events.flatMap({ mapping.take($0) }) + mapping.tick(script.now.advanced(bySeconds: 200)) {
        try await publisher.enqueue(one, to: address, run: run)
      }
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.refused.isEmpty && summary.pending.isEmpty && summary.delivered.count == 2)
      #expect(server.lines("PUT").count == 2)
      #expect(try names(in: path + "/refused").isEmpty)
    }
  }

  @Test func `what is put in after a failure of ours does not overtake what waits`() async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let server = try ScriptedServer { fake.answer($0) }
      defer { server.stop() }
      let address = try addresses(server)[0]
      var script = RunScript([("a", "t", "d")])
      script.play("a", .error)
      let all = submissions(script, for: address)
      let failures = Mutex(1)
      let publisher = Publisher(
        try OutboxFolder(path), servers: [address], surroundings: VirtualTime().surroundings,
        connect: { address throws(Fault) in
          let isFailing = failures.withLock { left in
            left -= 1
            return left >= 0
          }
          if isFailing { throw Fault(.system, "no thread for it") }
          return try Publisher.client(for: address, limits: HTTPLimits(totalSeconds: 100))
        })
      for one in all.dropLast() { try await publisher.enqueue(one, to: address, run: run) }
      #expect(try await publisher.deliver(until: .infinity).delivered.isEmpty && server.requests.isEmpty)
      for one in all.suffix(1) { try await publisher.enqueue(one, to: address, run: run) }
      #expect(try await publisher.deliver(until: .infinity).pending.isEmpty)
      #expect(fake.content.writes == ["run", "job 1 queued", "job 1 running", "job 1 dead"])
    }
  }

  @Test func `left-overs that want credentials get the token, and others do not`() async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let server = try ScriptedServer { fake.answer($0) }
      defer { server.stop() }
      let plain = try addresses(server)[0]
      let wanting = try ServerAddress(parsing: "avocado+http://127.0.0.1:\(server.port)/avocado", token: "tok")
      for address in [plain, wanting] {
        let first = try publisher(path, [address], VirtualTime())
        for one in submissions(RunScript([("a", "t", "d")]), for: address) {
          try await first.enqueue(one, to: address, run: run)
        }
      }
      let without = try await Publisher(try OutboxFolder(path)).deliver(until: .infinity)
      #expect(without.pending.map(\.server) == [wanting.displayName] && without.delivered.count == 1)
      let summary = try await Publisher(try OutboxFolder(path), token: "late").deliver(until: .infinity)
      #expect(summary.pending.isEmpty && !server.requests.isEmpty)
      for request in server.requests {
        #expect(request.header("X-Auth-Token") == (request.target.hasPrefix("/avocado") ? "late" : nil))
      }
    }
  }
}
