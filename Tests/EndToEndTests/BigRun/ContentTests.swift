import Foundation
import Journal
import Model
import Reporting
import Testing

/// What cases printed, left and took, byte by byte.
extension OnOneSite {
  @Suite struct Contents {
    @Test func aHundredMegabytesArriveByteForByte() async throws {
      let run = try await BigRun.result()
      let log = run.output.folder.path + "/cases/chatter/1.log"
      let ours = try await run.site.tool("/usr/bin/sha256sum", log)
      let theirs = try await run.site.tool("/bin/sh", "-c", BigCatalog.chatter + " | sha256sum")
      #expect(ours.out.prefix(64) == theirs.out.prefix(64))
      let size = try FileManager.default.attributesOfItem(atPath: log)[.size] as? Int
      #expect(size == 100_000_000)
      #expect(try run.output.one("chatter").history.allSatisfy { $0.outputDropped == 0 })
    }

    @Test func leaversAreNamedAndGone() async throws {
      let run = try await BigRun.result()
      #expect(run.leftRunning.isEmpty)
      for (id, name) in [("leave_setsid", "by_setsid"), ("leave_env", "by_env"), ("leave_double", "by_double")] {
        let leaked = try run.output.one(id).history.flatMap(\.leaked)
        #expect(leaked.count == 1 && leaked[0].hasPrefix(name + " ("), "\(leaked)")
        #expect(run.output.text("summary.txt").contains(leaked.first ?? "?"))
      }
    }

    @Test func aMissingToolIsTriedOnAnotherNode() async throws {
      let run = try await BigRun.result()
      let history = try run.output.one("missing").history
      #expect(history.map(\.verdict) == [.error, .error])
      #expect(Set(history.map(\.node)).count == 2)
    }

    @Test func aLastLineWithoutNewlineStays() async throws {
      let run = try await BigRun.result()
      #expect(run.output.text("cases/unended/1.log") == "one\ntwo")
      let lines = run.output.text("console.log").lines.filter { $0.contains(" unended ") }
      #expect(lines.contains { $0.hasSuffix(" unended | one") })
      #expect(lines.contains { $0.hasSuffix(" unended ~ two") })
    }

    @Test func consoleNamesNodeAndCaseOnEachLine() async throws {
      let run = try await BigRun.result()
      let nodes = Set(try run.output.report().nodes.map(\.name) + ["-"])
      var times: [Substring] = []
      for line in run.output.text("console.log").split(separator: "\n") {
        let words = line.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard words.count == 5 else {
          Issue.record("\(line)")
          continue
        }
        if !nodes.contains(String(words[1])) || !["|", ">", "~", "*"].contains(words[3]) { Issue.record("\(line)") }
        if times.last != words[0] { times.append(words[0]) }
      }
      #expect(times == times.sorted(), "in the order of the events")
    }

    @Test func casesFindTheirEnvironment() async throws {
      let run = try await BigRun.result()
      let one = try run.output.one("environment")
      let lines = Set(run.output.text("cases/environment/1.log").lines)
      let node = try #require(one.node)
      for line in [
        "SORTIE_RUN=\(run.output.name)", "SORTIE_CASE=environment", "SORTIE_ATTEMPT=\(run.output.name).environment.1",
        "COLOUR=blue", "SHAPE=round", "INSTALLER_TYPE=apex", "DEPLOY_SCENARIO=os-nosdn-nofeature-ha",
        "NODE_NAME=e2e-pod", "BUILD_TAG=\(BigRun.buildTag)", "HOME=\(run.site.node(node))/home",
      ] { #expect(lines.contains(line), "\(line)") }
      for name in ["SORTIE_UNIT", "SORTIE_PREFIX", "SORTIE_CLOCK_OFFSET_MS"] {
        #expect(lines.contains { $0.hasPrefix(name + "=") && $0 != name + "=" }, "\(name)")
      }
      #expect(!lines.contains { $0.hasPrefix("SORTIE_AGENT=") }, "the coordinator's own variables stay here")
    }

    @Test func filesTravelAndArtifactsComeBack() async throws {
      let run = try await BigRun.result()
      #expect(run.output.text("cases/files/1.log") == "hello\n")
      let folder = run.output.folder.path + "/artifacts/artifacts/1"
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      #expect(
        names == ["out", "out/a", "out/deep", "out/deep/b"], "no links, no pipes, nothing that was not asked for")
      #expect(run.output.text("artifacts/artifacts/1/out/deep/b") == "2\n")
      let listed = try run.output.one("artifacts").history.flatMap(\.artifacts)
      #expect(listed.map(\.path).sorted() == ["out/a", "out/deep/b"])
      #expect(listed.allSatisfy { $0.size == 2 && !$0.isCut })
    }

    @Test func secretsAreNowhere() async throws {
      let run = try await BigRun.result()
      let log = run.output.text("cases/secret/1.log")
      #expect(log.contains(" and again "))
      #expect(run.output.text("artifacts/secret/1/kept.txt").hasPrefix("kept "))
      let places =
        [run.output.folder.path, run.site.folder + "/big", run.site.folder + "/results.db"]
        + ["n1", "n2", "n3"].map(run.site.node)
      for place in places {
        let found = try await run.site.tool("/bin/grep", "-rlaF", "--devices=skip", BigCatalog.secret, place)
        #expect(found.status == 1, "\(found.out)")
      }
      #expect(!run.ended.err.contains(BigCatalog.secret))
    }
  }
}
