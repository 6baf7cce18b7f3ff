import Foundation
import Glibc
import TestSupport
import Testing

/// A collection API that is away, out of order, or cut off at the worst moment: each result arrives, once.
@Suite struct Collectors {
  private static let environment = ["NODE_NAME": Site.pod, "BUILD_TAG": "chaos-1"]

  /// Delivers what the run left in the outbox, until nothing is left.
  private func deliver(_ site: Site, _ verb: [String] = ["publish"]) async throws {
    let published = try await site.sortie(verb + ["--state", site.state], environment: Self.environment)
    #expect(published.status == 0, "\(published)")
    let left = try FileManager.default.contentsOfDirectory(atPath: site.state + "/outbox")
    #expect(left.allSatisfy { !$0.hasSuffix(".json") }, "\(left)")
  }

  private func run(_ site: Site, _ talkers: [Talker], to api: String) async throws -> Ended {
    try await site.sortie(try site.arguments(talkers, ["--publish", api]), environment: Self.environment)
  }

  @Test func downForTheWholeRun() async throws {
    try await Site.with(nodes: 1) { site in
      let port = try WebClient.closedPort()
      let talkers = Talker.mixed(4)
      let ended = try await run(site, talkers, to: "http://127.0.0.1:\(port)/api/v1")
      // A failed test weighs more than a result that waits.
      #expect(ended.status == 1 && ended.err.contains("4 results wait"), "\(ended)")
      let api = try await site.serve(port: port) + "/api/v1"
      try await deliver(site)
      try await checkRun(site, talkers, api: api)
    }
  }

  @Test func outOfOrderForAWhile() async throws {
    try await Site.with(nodes: 1) { site in
      let (proxy, api) = try site.proxy(before: try await site.serve() + "/api/v1")
      proxy.change {
        $0.answer = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\nConnection: close\r\n\r\noops"
      }
      let talkers = Talker.mixed(4)
      let run = try site.start(try site.arguments(talkers, ["--publish", api]), environment: Self.environment)
      try await proxy.wait("requests") { $0.answered >= 3 }
      proxy.heal()
      let ended = await run.ended()
      #expect(ended.status == 1, "\(ended)")
      try await deliver(site)
      try await checkRun(site, talkers, api: api)
    }
  }

  @Test func cutAfterItHasStored() async throws {
    try await Site.with(nodes: 1) { site in
      let (proxy, api) = try site.proxy(before: try await site.serve() + "/api/v1")
      proxy.change { $0.unanswered = ("POST /api/v1/results", 2) }
      let talkers = Talker.mixed(3)
      let ended = try await run(site, talkers, to: api)
      #expect(ended.status == 1, "\(ended)")
      #expect(proxy.counts.cut == 2, "\(proxy.counts)")
      try await deliver(site)
      try await checkRun(site, talkers, api: api, story: "\(ended)")
    }
  }

  @Test func killedAndStartedAgain() async throws {
    try await Site.with(nodes: 1) { site in
      let port = try WebClient.closedPort()
      let server = try site.start("serve", "--listen", "127.0.0.1:\(port)", "--store", site.folder + "/results.db")
      try await awaited("http://", in: server.out)
      let (proxy, api) = try site.proxy(before: "http://127.0.0.1:\(port)/api/v1")
      let talkers = Talker.mixed(6)
      // Dies with the third result in hand.
      proxy.change { $0.unanswered = ("POST /api/v1/results", 1) }
      let run = try site.start(try site.arguments(talkers, ["--publish", api]), environment: Self.environment)
      try await proxy.wait("a result") { $0.cut == 1 }
      server.signal(SIGKILL)
      #expect(await server.ended().status == -SIGKILL)
      _ = try await site.serve(port: port)
      let ended = await run.ended()
      #expect(ended.status == 1, "\(ended)")
      try await deliver(site)
      try await checkRun(site, talkers, api: api)
    }
  }
}
