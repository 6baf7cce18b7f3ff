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

  private func publisher(
    _ path: String, _ servers: [ServerAddress], _ time: VirtualTime,
    record: @escaping Publisher.Recorder = { _ in }
  ) throws -> Publisher {
    Publisher(
      try OutboxFolder(path), servers: servers, surroundings: time.surroundings,
      connect: { address throws(Fault) in
        try Publisher.client(for: address, limits: HTTPLimits(totalSeconds: 0.5))
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

  /// A server that stores or not, answers or not, fails and is away, and a process that dies in between and is resumed:
  /// everything arrives, nothing twice, nothing out of order.
  @Test(arguments: 0..<24) func `whatever happens, a run arrives as it was, once`(seed: Int) async throws {
    try await withTemporaryFolder { path in
      let fake = FakeRunServer()
      let luck = Mutex((SplitMix(state: UInt64(seed)), 0))
      let server = try ScriptedServer { request in
        let chance = luck.withLock { state -> Int in
          state.1 += 1
          return state.1 > 400 ? 99 : Int.random(in: 0..<30, using: &state.0)
        }
        switch chance {
        case 0: return .cut
        case 1:
          _ = fake.answer(request)
          return .cut
        case 2: return .answer("503 Busy")
        case 3: return .answer("500 Internal Server Error", body: "<html>")
        case 4:
          _ = fake.answer(request)
          return .answer("502 Bad Gateway")
        case 5:
          _ = fake.answer(request)
          return .answer("500 Internal Server Error", body: "<html>")
        default: return fake.answer(request)
        }
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
    (.answer("401 Unauthorized"), "401"),
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
      let publisher = try publisher(path, addresses, time)
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
}
