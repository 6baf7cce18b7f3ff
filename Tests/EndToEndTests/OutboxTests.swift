import Foundation
import Reporting
import Testing

/// A server that is down loses nothing.
@Suite struct Undelivered {
  private static let catalog = """
    sortie: 1
    tiers:
      - name: small
        testcases:
          - {case_name: good, run: {name: exec, args: {argv: [/bin/true]}}}
          - {case_name: also_good, run: {name: exec, args: {argv: [/bin/true]}}}

    """

  @Test func waitsInTheOutboxAndArrivesOnce() async throws {
    try await Site.with(nodes: 1) { site in
      let catalog = try site.write("small.yaml", Self.catalog)
      let port = try WebClient.closedPort()
      let arguments = ["run", "--catalog", catalog, "--lab", site.lab]
      let first = try await site.sortie(
        arguments + ["--state", site.state, "--publish", "http://127.0.0.1:\(port)/api/v1"],
        environment: ["NODE_NAME": "pod-1", "BUILD_TAG": "tag-1"])
      #expect(first.status == 5, "\(first)")
      let output = try RunOutput(onlyIn: site.state)
      #expect(try output.report().cases.allSatisfy { $0.published.state == .pending })
      #expect(try waiting(site.state).count == 2)
      let copy = try await site.tool("/bin/cp", "-a", site.state, site.folder + "/copy")
      #expect(copy.status == 0)

      let down = try await site.sortie("publish", "--state", site.state, "--seconds", "0.1")
      #expect(down.status == 5, "\(down)")

      let api = try await site.serve(port: port) + "/api/v1"
      let published = try await site.sortie("publish", "--state", site.state)
      #expect(published.status == 0, "\(published)")
      #expect(published.out.lines.count == 2)
      #expect(try waiting(site.state).isEmpty)
      let again = try await site.sortie("publish", "--state", site.state)
      #expect(again.status == 0 && again.out.isEmpty, "\(again)")
      #expect(try await names(api) == ["also_good", "good"])

      // Any later run delivers, too; the server knows these results already.
      let second = try await site.sortie(arguments + ["--state", site.folder + "/copy", "good"])
      #expect(second.status == 0, "\(second)")
      #expect(try waiting(site.folder + "/copy").isEmpty)
      #expect(try await names(api) == ["also_good", "good"])
    }
  }

  private func waiting(_ state: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: state + "/outbox").filter { $0.hasSuffix(".json") }
  }

  private func names(_ api: String) async throws -> [String] {
    try await WebClient.results(api, "pod=pod-1").compactMap { $0["case_name"] as? String }.sorted()
  }
}
