import Foundation
import Model
import Reporting
import Testing

/// What newcomers get wrong, and what they are told.
extension OnOneSite {
  @Suite struct Mistakes {
    struct Mistake: Sendable, CustomTestStringConvertible {
      var arguments: [String]
      var status: Int32
      /// What stderr has to contain.
      var says: [String]
      var environment: [String: String] = [:]

      var testDescription: String { arguments.joined(separator: " ") }
    }

    static let mistakes: [Mistake] = [
      Mistake(arguments: ["run", "pas"], status: 2, says: ["\"pas\"", "did you mean \"pass\"?"]),
      Mistake(arguments: ["plan", "zzz"], status: 2, says: ["\"zzz\"", "sortie case list"]),
      Mistake(arguments: ["run", "--lab", "nowhere.yaml"], status: 2, says: ["nowhere.yaml", "sortie node add"]),
      Mistake(
        arguments: ["run"], status: 2, says: ["elsewhere.yaml"], environment: ["SORTIE_LAB": "elsewhere.yaml"]),
      Mistake(arguments: ["run", "--catalog", "nowhere"], status: 2, says: ["no catalog at nowhere", "--catalog"]),
      Mistake(arguments: ["run", "--catalog", "broken.yaml"], status: 2, says: ["broken.yaml:4:", "^"]),
      Mistake(
        arguments: ["run", "--catalog", "typo.yaml"], status: 2,
        says: ["typo.yaml:5:", "typo.yaml:6:", "^", "bashfeture"]),
      Mistake(arguments: ["check", "typo.yaml"], status: 2, says: ["typo.yaml:5:", "typo.yaml:6:"]),
      Mistake(arguments: ["check"], status: 2, says: ["elsewhere"], environment: ["SORTIE_CATALOG": "elsewhere"]),
      Mistake(arguments: ["run", "--sut", "nowhere.yaml"], status: 2, says: ["nowhere.yaml"]),
      Mistake(
        arguments: ["run", "--publish", "http://127.0.0.1:1/api/v1"], status: 2, says: ["NODE_NAME", "name:"]),
      Mistake(
        arguments: ["run", "--publish", "http://127.0.0.1:1"], status: 2, says: ["api/v1"],
        environment: ["NODE_NAME": "pod"]),
      Mistake(arguments: ["run", "--bogus"], status: 2, says: ["Unknown option '--bogus'"]),
      Mistake(arguments: ["run", "--slice", "3/2"], status: 2, says: ["3/2"]),
      Mistake(arguments: ["run", "--lease", "1"], status: 2, says: ["--lease"]),
      Mistake(arguments: ["frobnicate"], status: 2, says: ["frobnicate"]),
      Mistake(arguments: ["show", "2099"], status: 2, says: ["2099", "sortie runs"]),
      Mistake(arguments: ["logs", "2099"], status: 2, says: ["2099"]),
      Mistake(arguments: ["node", "show", "n9"], status: 2, says: ["n9", "n1, n2, n3"]),
      Mistake(arguments: ["node", "add", "no@such@host"], status: 2, says: ["no@such@host"]),
      Mistake(arguments: ["case", "show", "nope"], status: 2, says: ["nope", "sortie case list"]),
      Mistake(arguments: ["tier", "show", "nope"], status: 2, says: ["nope", "plain"]),
      Mistake(arguments: ["serve", "--listen", "0.0.0.0:0"], status: 2, says: ["0.0.0.0", "--insecure-http"]),
      Mistake(arguments: ["lab", "up", "--nodes", "0"], status: 2, says: ["1 to 100"]),
    ]

    private static let takesCatalog: Set = ["run", "plan", "case", "tier"]
    private static let takesLab: Set = ["run", "plan", "node"]

    @Test(arguments: mistakes) func isToldWhatToDo(_ mistake: Mistake) async throws {
      let site = try SharedSite.current
      try site.write("plain.yaml", plain)
      try site.write("broken.yaml", "sortie: 1\ntiers:\n  - name: t\n    testcases: [{]\n")
      try site.write(
        "typo.yaml",
        "sortie: 1\ntiers:\n  - name: t\n    testcases:\n      - {run: {name: exec, args: {argv: [/bin/true]}}}\n"
          + "      - {case_name: c, run: {name: bashfeture, args: {cmd: 'true'}}}\n")
      var arguments = mistake.arguments
      if Self.takesCatalog.contains(arguments[0]), !arguments.contains("--catalog") {
        arguments += ["--catalog", "plain.yaml"]
      }
      if Self.takesLab.contains(arguments[0]), !arguments.contains("--lab"), mistake.environment["SORTIE_LAB"] == nil {
        arguments += ["--lab", site.lab]
      }
      let state = site.folder + "/mistakes"
      let ended = try await site.sortie(
        arguments, environment: mistake.environment.merging(["SORTIE_STATE": state]) { $1 })
      #expect(ended.status == mistake.status, "\(ended)")
      for text in mistake.says { #expect(ended.err.contains(text), "\(ended)") }
      #expect(ended.out.isEmpty, "\(ended)")
      #expect(!FileManager.default.fileExists(atPath: state + "/runs"), "nothing was run")
    }

    @Test func noRunsIsNoFault() async throws {
      let site = try SharedSite.current
      let table = try await site.sortie("runs", "--state", site.folder + "/empty")
      #expect(table.status == 0, "\(table)")
      let json = try await site.sortie("runs", "--state", site.folder + "/empty", "-o", "json")
      let document = try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: [String]]
      #expect(document == ["runs": []])
    }

    @Test func aWrongHostKeyIsRefusedAndTheOthersWork() async throws {
      let site = try SharedSite.current
      let lines = try String(contentsOfFile: site.lab, encoding: .utf8).lines
      let keys = lines.filter { $0.contains("host_key:") }
      // The first node gets the key of the second.
      var text = lines.joined(separator: "\n") + "\n"
      if let range = text.firstRange(of: keys[0]) { text.replaceSubrange(range, with: keys[1]) }
      let lab = try site.write("wrong-key.yaml", text)
      let ended = try await run(on: lab, site, state: "wrong-key")
      let prints = Set(ended.err.matches(of: /SHA256:[A-Za-z0-9+\/]{43}/).map { String($0.output) })
      #expect(prints.count == 2, "\(ended)")
      #expect(prints == [try await fingerprint("n1", site), try await fingerprint("n2", site)])
    }

    @Test func aNodeThatIsDownIsNamedAndTheOthersWork() async throws {
      let site = try SharedSite.current
      var text = try String(contentsOfFile: site.lab, encoding: .utf8)
      let port = try #require(text.firstMatch(of: /127\.0\.0\.1:(\d+)/))
      text.replaceSubrange(port.output.1.startIndex..<port.output.1.endIndex, with: "\(try WebClient.closedPort())")
      _ = try await run(on: try site.write("down.yaml", text), site, state: "down")
    }

    private func run(on lab: String, _ site: Site, state: String) async throws -> Ended {
      // Goes on until the node has been given up, so that there is something to tell.
      let go = try Fifo(site.folder + "/go-" + state)
      let waits = plain.replacing("argv: [/bin/true]", with: "argv: [/bin/sh, -c, 'read _ < \(go.path)']")
      let catalog = try site.write("waits-\(state).yaml", waits)
      let run = try site.start("run", "--catalog", catalog, "--lab", lab, "--state", site.folder + "/" + state)
      try await awaited("node n1", in: run.err)
      go.release(2)
      let ended = await run.ended()
      #expect(ended.status == 0, "\(ended)")
      let report = try RunOutput(onlyIn: site.folder + "/" + state).report()
      #expect(report.cases.map(\.verdict) == [.pass, .pass])
      #expect(report.cases.allSatisfy { $0.node != "n1" })
      #expect(report.nodes.first { $0.name == "n1" }?.state != .ready)
      return ended
    }

    private func fingerprint(_ node: String, _ site: Site) async throws -> String {
      let told = try await site.tool("/usr/bin/ssh-keygen", "-lf", site.node(node) + "/host_key.pub")
      return String(told.out.split(separator: " ").dropFirst().first ?? "")
    }

    private let plain = """
      sortie: 1
      tiers:
        - name: plain
          testcases:
            - {case_name: pass, run: {name: exec, args: {argv: [/bin/true]}}}
            - {case_name: pass_again, run: {name: exec, args: {argv: [/bin/true]}}}

      """
  }
}
