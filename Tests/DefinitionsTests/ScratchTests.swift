import Foundation
import Model
import Testing

@testable import Definitions

@Suite(.serialized) struct ScratchTests {
  @Test(arguments: ["functest-colorado", "functest-danube", "xtesting-samples"]) func real(name: String) throws {
    let found = CatalogReader.check(path: "/work/shared/data/catalogs/\(name).yaml")
    print("REAL", name, found.text)
    guard found.errors.isEmpty else { return }
    let read = try CatalogReader.read(path: "/work/shared/data/catalogs/\(name).yaml").catalog
    for item in try Selection(
      loop: "daily", variables: ["INSTALLER_TYPE": "apex", "DEPLOY_SCENARIO": "os-odl_l2-sfc-ha"]
    ).apply(to: read) {
      print(
        "REAL", item.definition.tier, item.definition.name, item.definition.project, item.definition.criteria,
        item.definition.isBlocking, item.definition.run as Any, item.disposition)
    }
  }
  private func time(_ what: String, _ text: String) {
    let clock = ContinuousClock()
    var found = Diagnostics()
    let spent = clock.measure { found = findings(text) }
    let rss =
      (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n").first {
        $0.hasPrefix("VmHWM")
      } ?? ""
    print(
      "TIME", what, text.utf8.count, spent, rss, found.errors.count, found.warnings.count,
      found.errors.first?.description.prefix(200) ?? "")
  }
  @Test func times() throws {
    let big =
      "sortie: 1\ntiers:\n- name: t\n  testcases:\n"
      + (0..<10000).map {
        "  - case_name: case_\($0)\n    timeout: 5m\n    description: something that is tested here, and there\n    locks: [sut, 'a:shared']\n    dependencies:\n    - DEPLOY_SCENARIO: '^((?!lxd).)*$'\n    run: {name: exec, args: {argv: [/bin/echo, hello]}}\n"
      }.joined()
    time("10000 cases", big)
    let clock = ContinuousClock()
    let read = try catalog(big)
    print(
      "TIME select",
      try clock.measure {
        _ = try Selection(names: ["case_*"], exclude: ["*7"], variables: ["DEPLOY_SCENARIO": "os-nosdn"]).apply(
          to: read)
      })
    time("plain 16M", "a: " + String(repeating: "x ", count: 8 << 20))
    time("1M items", "a: [" + String(repeating: "a,", count: 990_000) + "]")
    time("2.9M items", "a: [" + String(repeating: "a,", count: 2_900_000) + "]")
    time("8M items", "a: [" + String(repeating: "a,", count: 8_000_000) + "]")
    time(
      "deep wide",
      "a: " + String(repeating: "[", count: 900) + String(repeating: "a,", count: 500_000)
        + String(repeating: "]", count: 900))
    time(
      "deep wide 60",
      "a: " + String(repeating: "[", count: 60) + String(repeating: "a,", count: 900_000)
        + String(repeating: "]", count: 60))
    time("open 2M", String(repeating: "[", count: 2_000_000))
    time("keys", (0..<500_000).map { "k\($0): 1\n" }.joined())
    time("stars", "a: '" + String(repeating: "*", count: 8 << 20) + "'")
    time("dups", (0..<200_000).map { "k\($0): 1\n" }.joined() + (0..<30).map { "k\($0): 1\n" }.joined())
    time("chain", "- &a0 [x]\n" + (1..<50000).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined())
    time("quotes", String(repeating: "'", count: 2_000_001))
    time("colons", String(repeating: "? ", count: 500_000))
    time("anchors", String(repeating: "&a ", count: 500_000))
    time("block", "a: |\n" + String(repeating: " x\n", count: 2_000_000))
    time("folded", "a: >\n" + String(repeating: " x\n", count: 2_000_000))
    time("comments", String(repeating: "# x\n", count: 2_900_000))
  }
}
