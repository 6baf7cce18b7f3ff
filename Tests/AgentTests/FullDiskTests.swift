import CSpawn
import Glibc
import Model
import Testing
import Wire

@testable import Agent

/// A node whose disk is full: a small file system of its own, where this user may mount one.
@Suite(.serialized) struct FullDiskTests {
  fileprivate static let canMount: Bool = {
    guard let folder = try? TestMount() else { return false }
    folder.remove()
    return true
  }()

  @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
  func aFullDiskIsSaidAndSurvived() async throws {
    try await withNode { outer in
      let mount = try TestMount(at: outer.base + "/disk")
      defer { mount.remove() }
      let node = AgentNode(base: mount.path)
      defer { node.end() }
      let client = try node.attach { $0.slots = 2 }
      let kept = try client.script("kept", "echo kept")
      #expect(try client.outcome(kept).verdict == .pass)
      // Runs on while the disk fills up, and prints nothing.
      let quiet = try client.script("quiet", "\(outer.awaiting("go")); exit 0")
      try client.wait("the start") { $0.hasStarted(quiet) }
      let flood = try client.script("flood", "head -c 30000000 /dev/zero")
      let outcome = try client.outcome(flood)
      #expect(outcome.verdict == .error && outcome.reason?.contains("No space left on device") == true)
      #expect(outcome.reason?.contains(mount.path) == true, "\(outcome.reason ?? "")")
      let size = client.bytes(flood).count
      #expect(size > 0 && client.oddities == [], "what is there is kept")
      let late = try client.script("late", "echo late")
      let refused = try client.outcome(late)
      #expect(refused.verdict == .error && refused.reason?.hasPrefix("n1's disk is full: ") == true)
      #expect(!client.hasStarted(late))
      try outer.touch("go")
      #expect(try client.outcome(quiet).verdict == .pass, "its verdict is sent though no disk takes it")
      let notices = client.notices(.error)
      #expect(notices.count == 1 && notices.first?.contains(mount.path) == true, "\(notices)")
      client.acknowledge(client.received)
      try client.wait("space") { !$0.notices(.info).isEmpty }
      #expect(try client.outcome(client.script("after", "echo after")).verdict == .pass)
      #expect(client.oddities == [])
    }
  }
}

extension FullDiskTests {
  /// The line goes on: what needs the content is an error, and says why.
  @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
  func aContentThatDoesNotFitEndsNoLine() async throws {
    try await withNode { outer in
      let mount = try TestMount(at: outer.base + "/disk")
      defer { mount.remove() }
      let node = AgentNode(base: mount.path)
      defer { node.end() }
      let client = try node.attach()
      let content = [UInt8](repeating: 7, count: 4 << 20)
      let hash = SHA256.hex(content)
      try client.send(.offer, Offer(blobs: [hash: Int64(content.count)]))
      try client.wait("a want") { !$0.wants.isEmpty }
      for offset in stride(from: 0, to: content.count, by: BlobPart.limit) {
        let part = BlobPart(
          hash: bytes(hexadecimal: hash) ?? [], offset: Int64(offset), bytes: content[offset...].prefix(BlobPart.limit))
        client.send(Frame.encode(.blob, part.payload))
      }
      let attempt = try client.order("needs", ["true"]) {
        $0.files = [FileEntry(path: "x", isExecutable: false, hash: hash, size: Int64(content.count))]
      }
      let outcome = try client.outcome(attempt)
      #expect(outcome.verdict == .error && outcome.reason?.contains(mount.path) == true, "\(outcome.reason ?? "")")
      try client.wait("space") { !$0.notices(.info).isEmpty }
      #expect(client.notices(.error).count == 1 && client.refusal == nil)
      #expect(try client.outcome(client.order("after", ["true"])).verdict == .pass)
    }
  }
}

/// A tmpfs of two megabytes.
private struct TestMount {
  let path: String

  init() throws {
    try self.init(at: "/tmp/sortie-mount-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
  }

  init(at path: String) throws {
    self.path = path
    try makeFolders(path)
    guard mount("tmpfs", path, "tmpfs", 0, "size=2m") == 0 else {
      let fault = systemFault("mount", path)
      rmdir(path)
      throw fault
    }
  }

  func remove() {
    umount2(path, 2)
    rmdir(path)
  }
}
