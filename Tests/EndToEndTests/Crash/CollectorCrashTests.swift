import Foundation
import Glibc
import Testing

/// Our own collection API is killed at its durable steps and started again: each result once.
@Suite struct CollectorCrashes {
  @Test(arguments: ["store-written", "store-committed"], [1, 4, 6]) func at(_ point: String, _ count: Int) async throws
  {
    try await Site.with(nodes: 1) { site in
      let port = try WebClient.closedPort()
      let server = try site.start(
        ["serve", "--listen", "127.0.0.1:\(port)", "--store", site.folder + "/results.db"],
        environment: ["SORTIE_CRASH": "\(point):\(count)"])
      try await awaited("http://", in: server.out)
      let api = "http://127.0.0.1:\(port)/api/v1"
      let talkers = Talker.mixed(3)
      let environment = ["NODE_NAME": Site.pod]
      let run = try site.start(try site.arguments(talkers, ["--publish", api]), environment: environment)
      #expect(await server.ended().status == -SIGKILL, "never came to \(point)")
      _ = try await site.serve(port: port)
      let ended = await run.ended()
      #expect(ended.status == 1, "\(ended)")
      let later = try await site.sortie(["publish", "--state", site.state], environment: environment)
      #expect(later.status == 0, "\(later)")
      try await checkRun(site, talkers, api: api, story: "\(ended)")
    }
  }
}
