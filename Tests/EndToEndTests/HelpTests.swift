import Foundation
import Testing

/// What somebody sees who has just got the binary.
extension OnOneSite {
  @Suite struct Help {
    @Test(arguments: [
      "run", "plan", "publish", "runs", "show", "logs", "check", "tier", "case", "node", "lab", "serve", "store",
      "token",
    ])
    func beginsWithExamples(_ verb: String) async throws {
      let help = try await SharedSite.current.sortie(verb, "--help")
      #expect(help.status == 0)
      let examples = try #require(help.out.firstRange(of: "Examples:"), "\(help)")
      let usage = try #require(help.out.firstRange(of: "USAGE:"))
      #expect(examples.lowerBound < usage.lowerBound)
      #expect(help.out[examples.upperBound...].contains("sortie \(verb)"))
    }

    @Test func withoutArgumentsThereIsHelp() async throws {
      let site = try SharedSite.current
      let help = try await site.sortie("--help")
      #expect(help.status == 0 && help.out.contains("Examples:"))
      let bare = try await site.sortie([])
      #expect((bare.out + bare.err).contains("USAGE:"), "\(bare)")
      let version = try await site.sortie("--version")
      #expect(version.status == 0 && version.out.contains(/^\d+\.\d+/))
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func shellsAreCompleted(_ shell: String) async throws {
      let site = try SharedSite.current
      let script = try await site.sortie("--generate-completion-script", shell)
      #expect(script.status == 0 && script.out.contains("sortie") && script.out.contains("prune"))
      guard shell == "bash" else { return }
      let path = try site.write("completion.bash", script.out)
      #expect(try await site.tool("/bin/bash", "-n", path).status == 0)
    }

    @Test func doctorFindsWhatIsMissing() async throws {
      let site = try SharedSite.current
      let fine = try await site.sortie("doctor", "--lab", site.lab, "--catalog", Binaries.checkout + "/tiers")
      #expect(fine.status == 0 && !fine.out.contains("BAD"), "\(fine)")
      #expect(fine.out.contains("3 nodes: n1, n2, n3"), "\(fine)")
      let bad = try await site.sortie(
        ["doctor", "--lab", "nowhere.yaml"], environment: ["SORTIE_AGENT": site.folder + "/nothing"])
      #expect(bad.status == 3, "\(bad)")
      #expect(
        bad.out.contains("BAD   agent") && bad.out.contains("make build") && bad.out.contains("BAD   lab"), "\(bad)")
    }
  }
}
