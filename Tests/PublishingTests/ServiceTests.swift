import Dialects
import Model
import Publishing
import Synchronization
import Testing

/// Delivery while a run goes on.
@Suite(.timeLimit(.minutes(1))) struct ServiceTests {
  private func publisher(
    _ path: String, time: Surroundings = .real, record: @escaping Publisher.Recorder = { _ in },
    isLeftAlone: @escaping @Sendable (RunID) -> Bool = { _ in false }, rest: @escaping @Sendable () async -> Void = {}
  ) throws -> Publisher {
    Publisher(
      try OutboxFolder(path), surroundings: time,
      connect: { address throws(Fault) in
        try Publisher.client(for: address, limits: HTTPLimits(totalSeconds: 86400))
      }, isLeftAlone: isLeftAlone, rest: rest, record: record)
  }

  @Test func `results leave as they come, and the end finds nothing to do`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let address = try ServerAddress(parsing: server.base)
      let (deliveries, delivered) = AsyncStream<Delivery>.makeStream()
      let rests = Mutex(0)
      let publisher = try publisher(path, record: { delivered.yield($0) }, rest: { rests.withLock { $0 += 1 } })
      try await OutboxFolder(path).store(try entry(9, to: address))
      try await withThrowingTaskGroup { group in
        group.addTask { await publisher.serve() }
        var arrivals = deliveries.makeAsyncIterator()
        #expect(await arrivals.next()?.attempt == attempt(9))
        for number in 1...3 {
          try await publisher.enqueue(number, to: address)
          #expect(await arrivals.next()?.attempt == attempt(number))
        }
        let summary = await publisher.finish(within: 60)
        #expect(summary.delivered.map(\.attempt) == [9, 1, 2, 3].map(attempt))
        #expect(summary.pending.isEmpty && summary.notices.isEmpty)
        try await group.waitForAll()
      }
      #expect(api.stored == [9, 1, 2, 3].map { attempt($0).rawValue })
      #expect(rests.withLock { $0 } > 0)
      // Serving is over for good.
      await publisher.serve()
    }
  }

  @Test func `a stalled server does not hold up what comes for another`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let good = try ScriptedServer { api.answer($0) }
      let (stalls, stall) = AsyncStream<Void>.makeStream()
      let stalled = try ScriptedServer { _ in
        stall.yield()
        return .stall
      }
      defer { good.stop() }
      let (deliveries, delivered) = AsyncStream<Delivery>.makeStream()
      let publisher = try publisher(path) { delivered.yield($0) }
      try await withThrowingTaskGroup { group in
        group.addTask { await publisher.serve() }
        try await publisher.enqueue(1, to: ServerAddress(parsing: stalled.base))
        for await _ in stalls { break }
        var arrivals = deliveries.makeAsyncIterator()
        for number in 1...2 {
          try await publisher.enqueue(number, to: ServerAddress(parsing: good.base))
          #expect(await arrivals.next()?.server == good.base)
        }
        stalled.stop()
        let summary = await publisher.finish(within: 0)
        #expect(summary.pending.map(\.server) == [stalled.base])
        #expect(summary.pending.first?.reason?.isEmpty == false)
        try await group.waitForAll()
      }
    }
  }

  @Test func `without service the end delivers all the same`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let publisher = try publisher(path)
      for number in 1...3 { try await publisher.enqueue(number, to: ServerAddress(parsing: server.base)) }
      #expect(await publisher.finish(within: 60).delivered.count == 3)
      #expect(api.stored.count == 3)
    }
  }

  @Test func `the end waits for a server that comes back in time`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let posts = Mutex(0)
      let server = try ScriptedServer { request in
        let isBusy =
          request.method == "POST" && request.target.hasSuffix("/results")
          && posts.withLock {
            $0 += 1
            return $0 < 4
          }
        return isBusy ? .answer("503 Busy") : api.answer(request)
      }
      defer { server.stop() }
      let time = VirtualTime()
      let publisher = try publisher(path, time: time.surroundings)
      for number in 1...3 { try await publisher.enqueue(number, to: ServerAddress(parsing: server.base)) }
      #expect(await publisher.finish(within: 60).delivered.count == 3)
      #expect(time.waited == [0.75, 1.5, 3])
      #expect(try await OutboxFolder(path).troubles().isEmpty)
    }
  }

  @Test func `what does not get through in time waits, and why is known afterwards`() async throws {
    try await withTemporaryFolder { path in
      let server = try ScriptedServer { _ in .answer("503 Busy") }
      defer { server.stop() }
      let time = VirtualTime()
      let publisher = try publisher(path, time: time.surroundings)
      try await publisher.enqueue(1, to: ServerAddress(parsing: server.base))
      let summary = await publisher.finish(within: 10)
      #expect(summary.pending == [.init(server: server.base, count: 1, reason: "503 Busy")])
      #expect(time.waited.reduce(0, +) < 10)
      let rows = try await OutboxFolder(path).inventory(now: Surroundings.real.wallClock()).rows
      #expect(rows.map(\.reason) == ["503 Busy"] && rows.map(\.state) == [.waits])
    }
  }

  @Test func `while nothing is under way others may deliver`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let address = try ServerAddress(parsing: server.base)
      let (rests, rest) = AsyncStream<Void>.makeStream()
      let first = try publisher(path, rest: { rest.yield() })
      let second = try publisher(path)
      try await withThrowingTaskGroup { group in
        group.addTask { await first.serve() }
        try await first.enqueue(1, to: address)
        for await _ in rests { break }
        try await second.enqueue(2, to: address)
        #expect(try await second.deliver(until: .infinity).delivered.map(\.attempt) == [attempt(2)])
        #expect(await first.finish(within: 60).delivered.map(\.attempt) == [attempt(1)])
        try await group.waitForAll()
      }
    }
  }

  @Test func `an outbox in other hands is waited for`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let other = try OutboxFolder(path)
      #expect(try await other.acquire())
      let waits = Mutex(0)
      let (busy, isBusy) = AsyncStream<Void>.makeStream()
      let time = VirtualTime {
        waits.withLock { $0 += 1 }
        isBusy.yield()
      }
      let publisher = try publisher(path, time: time.surroundings)
      try await publisher.enqueue(1, to: ServerAddress(parsing: server.base))
      async let end = publisher.finish(within: 1e9)
      for await _ in busy { break }
      await other.release()
      #expect(await end.delivered.count == 1)
      #expect(waits.withLock { $0 } > 0)
    }
  }

  @Test func `an outbox that stays in other hands is left to them`() async throws {
    try await withTemporaryFolder { path in
      let other = try OutboxFolder(path)
      #expect(try await other.acquire())
      let publisher = try publisher(path, time: VirtualTime().surroundings)
      try await publisher.enqueue(1, to: ServerAddress(parsing: "http://127.0.0.1:9/api/v1"))
      let summary = await publisher.finish(within: 5)
      #expect(summary.pending.map(\.count) == [1])
      #expect(summary.notices.count == 1)
    }
  }

  @Test func `runs that are alive elsewhere deliver for themselves`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let publisher = try publisher(path, isLeftAlone: { $0 == run })
      try await OutboxFolder(path).store(try entry(1, to: ServerAddress(parsing: server.base)))
      let summary = try await publisher.deliver(until: .infinity)
      #expect(summary.delivered.isEmpty && summary.pending.isEmpty && summary.notices.count == 1)
      #expect(api.stored.isEmpty)
    }
  }

  @Test func `a disk that refused is tried again`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let refusals = Mutex(2)
      let publisher = try publisher(path, time: VirtualTime().surroundings) { _ throws(Fault) in
        let isFull = refusals.withLock {
          $0 -= 1
          return $0 >= 0
        }
        if isFull { throw Fault(.system, "write journal: No space left on device") }
      }
      for number in 1...2 { try await publisher.enqueue(number, to: ServerAddress(parsing: server.base)) }
      let summary = await publisher.finish(within: 100)
      #expect(summary.delivered.count == 2 && summary.pending.isEmpty)
      #expect(summary.notices.count == 1)
      #expect(api.stored.count == 2)
    }
  }

  @Test func `cancelling ends the service, and loses nothing`() async throws {
    try await withTemporaryFolder { path in
      let (stalls, stall) = AsyncStream<Void>.makeStream()
      let stalled = try ScriptedServer { _ in
        stall.yield()
        return .stall
      }
      defer { stalled.stop() }
      let publisher = try publisher(path)
      try await publisher.enqueue(1, to: ServerAddress(parsing: stalled.base))
      await withTaskGroup { group in
        group.addTask { await publisher.serve() }
        for await _ in stalls { break }
        group.cancelAll()
        await group.waitForAll()
      }
      #expect(await publisher.finish(within: 60).pending.map(\.count) == [1])
    }
  }

  @Test func `what an earlier process may have sent is asked for, not sent blindly`() async throws {
    try await withTemporaryFolder { path in
      let api = FakeTestAPI()
      let server = try ScriptedServer { api.answer($0) }
      defer { server.stop() }
      let address = try ServerAddress(parsing: server.base)
      // The process that died had delivered the first, refused was the second, the third never left.
      _ = try await TestAPIClient(to: address).send(try entry(1, to: address))
      let folder = try OutboxFolder(path)
      try await folder.store(try entry(2, to: address))
      try await folder.refuse(try entry(2, to: address).key, reason: "403 no")
      try await folder.store(try entry(4, to: address))
      let time = VirtualTime()
      let publisher = try publisher(path, time: time.surroundings)
      for number in 1...4 {
        try await publisher.enqueueAgain([try result(number)], to: address, run: run)
      }
      let summary = await publisher.finish(within: 100)
      #expect(Set(summary.delivered.map(\.attempt)) == Set([1, 3, 4].map(attempt)))
      #expect(api.stored.sorted() == [1, 3, 4].map { attempt($0).rawValue })
      #expect(try names(in: path + "/refused").count == 1)
      #expect(time.waited.contains { $0 > 9 })
    }
  }
}
