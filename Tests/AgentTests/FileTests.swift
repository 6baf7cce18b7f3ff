import Glibc
import Model
import Testing
import Wire

@testable import Agent

@Suite(.serialized) struct FileTests {
  @Test func artifactsComeBackByGlob() async throws {
    try await withNode { node in
      let client = try node.attach()
      let text = """
        mkdir -p d/e; echo 1 >d/e/a.xml; echo 2 >b.xml; echo 3 >c.txt; : >empty.xml
        ln -s /etc/passwd link.xml; ln -s / up; mkfifo pipe.xml; ln /etc/hostname hard.txt 2>/dev/null; true
        """
      let attempt = try client.script("files", text) { $0.artifacts = ["**/*.xml", "../**", "/etc/*", "up/etc/*"] }
      let none = try client.script("none", "ls -A; echo x >x")
      #expect(try client.outcome(attempt).verdict == .pass)
      let artifacts = client.artifacts(attempt)
      #expect(artifacts.keys.sorted() == ["b.xml", "d/e/a.xml", "empty.xml"])
      #expect(artifacts["d/e/a.xml"]?.text == "1\n" && artifacts["empty.xml"]?.text == "")
      #expect(try client.outcome(none).verdict == .pass && client.artifacts(none).isEmpty)
      #expect(client.text(none) == "", "each attempt finds an empty directory")
      #expect(client.oddities == [])
    }
  }

  @Test func artifactsAreCutAtTheirLimit() async throws {
    try await withNode { node in
      let client = try node.attach()
      let attempt = try client.script("large", "printf 123456 >a; printf 123456 >b; printf 1 >c") {
        ($0.artifacts, $0.artifactLimit) = (["*"], 10)
      }
      #expect(try client.outcome(attempt).verdict == .pass)
      let artifacts = client.artifacts(attempt)
      #expect(artifacts["a"]?.text == "123456" && artifacts["a"]?.isCut == false)
      #expect(artifacts["b"]?.text == "1234" && artifacts["b"]?.isCut == true)
      #expect(artifacts["c"]?.text == "" && artifacts["c"]?.isCut == true)
    }
  }

  @Test func filesAreSentOncePerContent() async throws {
    try await withNode { node in
      let data = Array("some data\n".utf8)
      let tool = Array("#!/bin/sh\ncat data/in.txt; echo changed >data/in.txt\n".utf8)
      let offer = Offer(blobs: [SHA256.hex(data): Int64(data.count), SHA256.hex(tool): Int64(tool.count)])
      let files = [
        FileEntry(path: "data/in.txt", isExecutable: false, hash: SHA256.hex(data), size: Int64(data.count)),
        FileEntry(path: "bin/tool", isExecutable: true, hash: SHA256.hex(tool), size: Int64(tool.count)),
      ]
      let client = try node.attach()
      try client.send(.offer, offer)
      try client.wait("what it wants") { $0.wants.count == 1 }
      #expect(client.wants.last == offer)
      for content in [data, tool] {
        client.send(part(of: content, 0..<4))
        client.send(part(of: content, 4..<content.count))
      }
      let first = try client.order("first", ["bin/tool"]) { $0.files = files }
      let second = try client.order("second", ["./bin/tool"]) { $0.files = files }
      #expect(try client.outcome(first).verdict == .pass)
      #expect(try client.outcome(second).verdict == .pass)
      #expect(
        client.text(first) == "some data\n" && client.text(second) == "some data\n", "no case changes it for others")

      let other = try node.attach("r2")
      try other.send(.offer, offer)
      try other.wait("what it wants") { $0.wants.count == 1 }
      #expect(other.wants.last == Offer(blobs: [:]))
    }
  }

  @Test func aContentOfNoBytesIsOnePart() async throws {
    try await withNode { node in
      let hash = SHA256.hex([])
      let client = try node.attach()
      try client.send(.offer, Offer(blobs: [hash: 0]))
      try client.wait("what it wants") { $0.wants.count == 1 }
      #expect(client.wants.last == Offer(blobs: [hash: 0]))
      client.send(part(of: [], 0..<0))
      let attempt = try client.script("empty", "test -f d/__init__.py && test ! -s d/__init__.py") {
        $0.files = [FileEntry(path: "d/__init__.py", isExecutable: false, hash: hash, size: 0)]
      }
      #expect(try client.outcome(attempt).verdict == .pass)
    }
  }

  @Test func contentThatIsNotWhatItClaimsIsRefused() async throws {
    try await withNode { node in
      let claimed = Array("the real thing".utf8)
      let offer = Offer(blobs: [SHA256.hex(claimed): Int64(claimed.count)])
      let hash = bytes(hexadecimal: SHA256.hex(claimed)) ?? []
      let parts = [
        BlobPart(hash: hash, offset: 0, bytes: Array("the fake thing".utf8)[...]),
        BlobPart(hash: hash, offset: 0, bytes: Array("far more than was announced".utf8)[...]),
        BlobPart(hash: hash, offset: .max, bytes: [1, 2]), BlobPart(hash: hash, offset: -1, bytes: [1]),
        BlobPart(hash: [UInt8](repeating: 7, count: 32), offset: 0, bytes: [1]),
      ]
      for part in parts {
        let client = try node.attach()
        try client.send(.offer, offer)
        try client.wait("what it wants") { $0.wants.count == 1 }
        #expect(client.wants.last == offer, "nothing of it was kept")
        client.send(Frame.encode(.blob, part.payload))
        try client.wait("a refusal") { $0.refusal != nil }
        #expect(client.refusal?.code == .wire)
      }
      #expect(node.daemon != nil)
    }
  }

  @Test func nonsenseIsNotWanted() async throws {
    try await withNode { node in
      let client = try node.attach()
      let good = String(repeating: "ab", count: 32)
      try client.send(.offer, Offer(blobs: ["../../x": 1, "": 0, good: 7, String(repeating: "cd", count: 32): -1]))
      try client.wait("what it wants") { $0.wants.count == 1 }
      #expect(client.wants.last == Offer(blobs: [good: 7]))
    }
  }

  @Test func theEnvironmentOfACase() async throws {
    try await withNode { node in
      let client = try node.attach { $0.environment = ["OS_USER": "admin", "QUOTED": "a 'b' $c\nd"] }
      let attempt = try client.script(
        "env", "printf '%s' \"$QUOTED\"; echo; env -u QUOTED; pwd; echo $TMPDIR >$TMPDIR/x"
      ) {
        $0.environment = ["EXTRA": "1"]
        $0.run.environment = ["EXTRA": "not this", "DEFAULTED": "2"]
      }
      #expect(try client.outcome(attempt).verdict == .pass)
      let text = client.text(attempt)
      #expect(text.hasPrefix("a 'b' $c\nd\n"))
      let lines = Set(text.split(separator: "\n").map(String.init))
      for line in [
        "OS_USER=admin", "EXTRA=1", "DEFAULTED=2", "SORTIE_RUN=r1", "SORTIE_UNIT=u1", "SORTIE_CASE=env",
        "SORTIE_ATTEMPT=r1.env.1", "SORTIE_PREFIX=" + CaseEnvironment.prefix(attempt),
      ] {
        #expect(lines.contains(line), "\(line)")
      }
      let work = lines.first { $0.hasPrefix("SORTIE_WORK=") }?.dropFirst(12) ?? "?"
      #expect(lines.contains(String(work)) && work.hasPrefix(node.base), "it starts in its directory")
    }
  }

  private func part(of content: [UInt8], _ range: Range<Int>) -> [UInt8] {
    let hash = bytes(hexadecimal: SHA256.hex(content)) ?? []
    return Frame.encode(.blob, BlobPart(hash: hash, offset: Int64(range.lowerBound), bytes: content[range]).payload)
  }
}
