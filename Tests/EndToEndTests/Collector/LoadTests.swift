import Foundation
import Glibc
import Testing

/// A collection API that is written to by sixteen clients while something happens to it.
@Suite struct CollectorUnderLoad {
  /// Killed after so many answers, or at a durable step that it comes to for the so many-th time.
  @Test(arguments: [(nil, 40), (nil, 333), (nil, 900), ("store-written", 60), ("store-committed", 90)])
  func killedItLosesNothingThatWasAnswered(_ point: String?, _ count: Int) async throws {
    try await Site.with { site in
      let port = try WebClient.closedPort()
      let server = try site.start(
        ["serve", "--listen", "127.0.0.1:\(port)", "--store", "results.db"],
        environment: point.map { ["SORTIE_CRASH": "\($0):\(count)"] } ?? [:])
      try await awaited("http://", in: server.out)
      let load = WriteLoad(port)
      async let writing: Void = load.run()
      if point == nil {
        await load.answered(count)
        server.signal(SIGKILL)
      }
      #expect(await server.ended().status == -SIGKILL)
      try await writing
      #expect(load.refusals.isEmpty, "\(load.refusals.prefix(3))")
      // Once as it was left behind, and once more when it was opened again.
      _ = try await site.serve(port: port)
      try await load.check(on: port)
      let check = try await site.sortie("store", "check", "--store", "results.db")
      #expect(check.status == 0 && !check.out.contains("BAD"), "\(check)")
    }
  }

  @Test func itsStoreIsCaredForMeanwhile() async throws {
    try await Site.with { site in
      let port = try WebClient.closedPort()
      let server = try site.start("serve", "--listen", "127.0.0.1:\(port)", "--store", "results.db")
      try await awaited("http://", in: server.out)
      let load = WriteLoad(port)
      async let writing: Void = load.run()
      await load.answered(100)
      for verb in [["check"], ["export"], ["prune", "--keep-days", "1"], ["backup", "b.db"], ["check"]] {
        let ended = try await site.sortie(["store"] + verb + ["--store", "results.db"])
        #expect(ended.status == 0 && !ended.out.contains("BAD"), "\(ended)")
      }
      load.stop()
      try await writing
      #expect(load.refusals.isEmpty, "\(load.refusals.prefix(3))")
      try await load.check(on: port)
      server.signal(SIGTERM)
      #expect(await server.ended().status == 0)
      for store in ["results.db", "b.db"] {
        let check = try await site.sortie("store", "check", "--store", store)
        #expect(check.status == 0 && !check.out.contains("BAD"), "\(check)")
      }
    }
  }
}

/// A collection API whose disk fills up.
@Suite(.enabled(if: TinyDisk.isPossible, "mounting a tmpfs takes root")) struct CollectorWithoutRoom {
  @Test func itSaysSoAndGoesOnWhenThereIsRoom() async throws {
    try await Site.with { site in
      let disk = try TinyDisk(site, "disk", bytes: 8 << 20)
      let port = try WebClient.closedPort()
      let server = try site.start("serve", "--listen", "127.0.0.1:\(port)", "--store", "disk/results.db")
      try await awaited("http://", in: server.out)
      let load = WriteLoad(port)
      async let writing: Void = load.run()
      await load.answered(100)
      try disk.fill()
      // Until each dialect has refused something; what the log has room for is still taken.
      let shapes = [
        ("/api/v1/results", #"{"pod_name": "pod1", "project_name": "functest", "case_name": "vping"}"#, "<html>"),
        ("/paddles/runs/full/jobs/", #"{"name": "full"}"#, #"{"message": "#),
        ("/avocado/jobs/", #"{"status": "RUNNING"}"#, #"{"detail":"#),
      ]
      let refusals = try await onThread {
        let caller = try Caller(port)
        return shapes.map { path, json, _ in
          for _ in 0..<20_000 {
            guard let answer = caller.call("POST", path, json) else { return (status: 0, body: "gone") }
            if answer.status >= 300 { return answer }
          }
          return (status: 0, body: "taken")
        }
      }
      for ((path, _, shape), answer) in zip(shapes, refusals) {
        #expect(answer.status == 503 && answer.body.hasPrefix(shape), "\(path): \(answer)")
        #expect(answer.body.contains("full"), "\(path): \(answer)")
      }
      let health = try await WebClient.get("http://127.0.0.1:\(port)/readyz")
      #expect(health.status.contains("503"), "\(health.status)")
      #expect(String(decoding: health.body, as: UTF8.self).contains("full"))
      disk.free()
      load.stop()
      try await writing
      #expect(load.refusals.allSatisfy { $0.contains(": 503 ") || $0.contains(": 404 ") }, "\(load.refusals.prefix(3))")
      let again = try await onThread { try Caller(port).call("POST", shapes[0].0, shapes[0].1)?.status }
      #expect(again == 200)
      #expect(try await WebClient.get("http://127.0.0.1:\(port)/readyz").status.contains("200"))
      try await load.check(on: port)
      server.signal(SIGKILL)
      _ = await server.ended()
      let check = try await site.sortie("store", "check", "--store", "disk/results.db")
      #expect(check.status == 0 && !check.out.contains("BAD"), "\(check)")
    }
  }
}
