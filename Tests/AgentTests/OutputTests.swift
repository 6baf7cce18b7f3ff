import Glibc
import Model
import TestSupport
import Testing
import Wire

@testable import Agent

@Suite(.serialized) struct OutputTests {
  @Test func bothStreamsInOrderAndTheLastLineAsItIs() async throws {
    try await withNode { node in
      let client = try node.attach()
      let both = try client.script("both", "for i in 1 2 3 4 5 6 7 8; do echo out $i; echo err $i >&2; done")
      let torn = try client.script("torn", "printf 'one\\ntwo'")
      let silent = try client.order("silent", ["true"])
      let closed = try client.script("closed", "echo shut; exec >&- 2>&-; sleep 0.1; exit 4")
      for attempt in [both, torn, silent] { #expect(try client.outcome(attempt).verdict == .pass) }
      #expect(try client.outcome(closed).ending == .exited(4))
      #expect(client.text(both) == (1...8).map { "out \($0)\nerr \($0)\n" }.joined())
      #expect(client.text(torn) == "one\ntwo" && client.text(closed) == "shut\n" && client.bytes(silent) == [])
      #expect(client.oddities == [])
    }
  }

  @Test func stdinIsEmptyAndNoDescriptorIsInherited() async throws {
    try await withNode { node in
      let client = try node.attach()
      let attempt = try client.script("open", "cat; for fd in /proc/self/fd/*; do echo ${fd##*/}; done")
      #expect(try client.outcome(attempt).verdict == .pass)
      let numbers = client.text(attempt).split(separator: "\n")
      #expect(Set(numbers).isSubset(of: ["0", "1", "2", "3", "10", "255"]), "the shell's own beside 0, 1 and 2")
      #expect(numbers.count <= 4)
    }
  }

  @Test func twentyMegabytesByteForByte() async throws {
    try await withNode { node in
      var random = Seeded(3)
      let letters = Array("abcdefghijklmnopqrstuvwxyz\n".utf8)
      let block = (0..<1 << 14).map { _ in letters[random.below(letters.count)] }
      try node.touch("block", String(decoding: block, as: UTF8.self))
      let client = try node.attach()
      let attempt = try client.script(
        "large",
        "i=0; while [ $i -lt 64 ]; do cat \(node.base)/block; i=$((i+1)); done >\(node.base)/megabyte; "
          + "i=0; while [ $i -lt 20 ]; do cat \(node.base)/megabyte; i=$((i+1)); done")
      #expect(try client.outcome(attempt).verdict == .pass)
      let bytes = client.bytes(attempt)
      #expect(bytes.count == 20 << 20 && client.oddities == [])
      let isExact = bytes.withUnsafeBytes { all in
        stride(from: 0, to: all.count, by: block.count).allSatisfy { offset in
          block.withUnsafeBytes { part in
            guard let left = all.baseAddress, let right = part.baseAddress else { return false }
            return memcmp(left + offset, right, part.count) == 0
          }
        }
      }
      #expect(isExact)
    }
  }

  @Test(arguments: [[], ["hunter2"]]) func beyondTheLimitStandsAMark(_ secrets: [String]) async throws {
    try await withNode { node in
      let client = try node.attach { $0.secrets = secrets }
      let attempt = try client.script("limit", "yes 123456789 | head -c 5000") { $0.outputLimit = 1001 }
      let exact = try client.script("exact", "yes 123456789 | head -c 1000") { $0.outputLimit = 1000 }
      let outcome = try client.outcome(attempt)
      #expect(outcome.verdict == .pass && outcome.outputDropped == 3999)
      let kept = String(repeating: "123456789\n", count: 100) + "1"
      #expect(
        client.text(attempt) == kept + "\n[sortie: output limit of 1001 bytes reached, 3999 bytes dropped]\n")
      #expect(try client.outcome(exact).outputDropped == 0 && client.bytes(exact).count == 1000)
    }
  }

  @Test func secretsNeverLeaveTheNode() async throws {
    try await withNode { node in
      let client = try node.attach {
        $0.environment = ["PASSWORD": "hunter2", "LONG": "line one\nline two"]
        $0.secrets = ["hunter2", "line one\nline two"]
      }
      let text = """
        echo "the word is $PASSWORD."; printf 'hun'; sleep 0.05; printf 'ter2\\nhunter1\\n'; echo "$LONG"
        echo "$PASSWORD" >a.txt; head -c 65533 /dev/zero >b.bin; echo "$PASSWORD" >>b.bin
        echo "because of $PASSWORD" >$SORTIE_REASON; exit 1
        """
      let attempt = try client.script("leaky", text) { $0.artifacts = ["*"] }
      let missing = try client.order("missing", ["/hunter2/x"])
      let outcome = try client.outcome(attempt)
      #expect(
        client.text(attempt) == "the word is *******.\n*******\nhunter1\n*****************\n")
      #expect(outcome.reason?.contains("because of *******") == true)
      let artifacts = client.artifacts(attempt)
      #expect(
        artifacts["a.txt"]?.text == "*******\n" && artifacts["results/reason.txt"]?.text == "because of *******\n")
      #expect(artifacts["b.bin"]?.text.utf8.count == 65541 && artifacts["b.bin"]?.text.hasSuffix("*******\n") == true)
      #expect(try client.outcome(missing).verdict == .error)
      let reports = client.events.map { "\($0)" }.joined()
      #expect(!reports.contains("hunter2"), "\(reports)")
    }
  }

  /// Where the limit cuts a secret in two, its beginning is not shown either.
  @Test func aLimitDoesNotShowHalfASecret() async throws {
    try await withNode { node in
      let client = try node.attach { $0.secrets = ["hunter2"] }
      let attempt = try client.script("cut", "printf 'it is hunter2'; printf 'it is hunter2' >a") {
        ($0.outputLimit, $0.artifactLimit, $0.artifacts) = (9, 9, ["a"])
      }
      #expect(try client.outcome(attempt).outputDropped == 4)
      #expect(client.text(attempt).hasPrefix("it is ***\n[sortie: "))
      let artifact = client.artifacts(attempt)["a"]
      #expect(artifact?.text == "it is ***" && artifact?.isCut == true)
    }
  }
}
