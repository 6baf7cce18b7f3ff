import Foundation
import Model
import Reporting
import Testing

/// Each exit status by a small run; 5 and 130 have suites of their own.
extension OnOneSite {
  @Suite struct ExitStatuses {
    private static let catalog = """
      sortie: 1
      tiers:
        - name: small
          testcases:
            - {case_name: good, run: {name: exec, args: {argv: [/bin/true]}}}
            - {case_name: bad, run: {name: exec, args: {argv: [/bin/false]}}}
            - {case_name: toolless, run: {name: exec, args: {argv: [no-such-tool]}}}
            - case_name: elsewhere
              dependencies: [{INSTALLER_TYPE: fuel}]
              run: {name: exec, args: {argv: [/bin/true]}}

      """

    struct Small: Sendable, CustomTestStringConvertible {
      var names: [String]
      var status: Int32
      /// Whether there is a run at all.
      var runs: Bool

      var testDescription: String { names.joined(separator: " ") }
    }

    static let all: [Small] = [
      Small(names: ["good"], status: 0, runs: true),
      Small(names: ["good,elsewhere"], status: 0, runs: true),
      Small(names: ["good", "bad"], status: 1, runs: true),
      Small(names: ["goood"], status: 2, runs: false),
      Small(names: ["toolless"], status: 3, runs: true),
      Small(names: ["bad,toolless,good"], status: 3, runs: true),
      Small(names: ["elsewhere"], status: 4, runs: false),
      Small(names: ["small", "--exclude", "*"], status: 4, runs: false),
      Small(names: ["good", "--slice", "1/2"], status: 0, runs: false),
      Small(names: ["elsewhere", "--installer", "fuel"], status: 0, runs: true),
    ]

    @Test(arguments: all) func runEndsWith(_ small: Small) async throws {
      let site = try SharedSite.current
      let catalog = try site.write("small.yaml", Self.catalog)
      let state = site.folder + "/state-\(UUID().uuidString.prefix(8))"
      let ended = try await site.sortie(
        ["run", "--catalog", catalog, "--lab", site.lab, "--state", state] + small.names)
      #expect(ended.status == small.status, "\(ended)")
      #expect(!ended.err.isEmpty, "it says why")
      #expect(FileManager.default.fileExists(atPath: state + "/runs") == small.runs, "\(ended)")
      if small.runs { #expect(try RunOutput(onlyIn: state).report().exit == small.status) }
    }
  }
}
