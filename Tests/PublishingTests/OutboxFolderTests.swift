import Dialects
import Glibc
import Model
import Publishing
import Testing

@Suite struct OutboxFolderTests {
  private let address: ServerAddress
  private let now = Surroundings.real.wallClock().advanced(bySeconds: 100)

  init() throws { address = try ServerAddress(parsing: "http://joe:sesame@h/api/v1", token: "tok") }

  @Test func `entries survive, in order, without secrets`() async throws {
    try await withTemporaryFolder { path in
      var first: OutboxFolder? = try OutboxFolder(path + "/deep/outbox")
      for number in [3, 1, 2] { try await first?.store(try entry(number, to: address)) }
      try await first?.store(try entry(1, to: address))
      first = nil
      let folder = try OutboxFolder(path + "/deep/outbox")
      let listed = try await folder.list(now: now)
      #expect(listed.notices.isEmpty)
      // Put in by one process, they keep its order even where its clock went back.
      #expect(listed.entries.map(\.key.attempt) == [attempt(3), attempt(1), attempt(2)])
      #expect(listed.entries.allSatisfy { $0.sentBefore == nil })
      #expect(try await folder.read(listed.entries[1].key) == entry(1, to: address))
      for name in try names(in: path + "/deep/outbox") where name.hasSuffix(".json") {
        let text = try read(path + "/deep/outbox/" + name)
        #expect(!text.contains("sesame") && !text.contains("tok\""))
        #expect(text.hasPrefix(#"{"body":"#) && text.contains(#""version":2"#))
      }
      var facts = stat()
      #expect(stat(path + "/deep/outbox", &facts) == 0 && facts.st_mode & 0o777 == 0o700)
      // A second store of what an earlier process put in changes nothing.
      try await folder.store(try entry(3, to: address))
      #expect(try await folder.list(now: now).entries.count == 3)
    }
  }

  @Test func `a sent entry is known as sent, until that is taken back`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      let entry = try entry(1, to: address)
      try await folder.store(entry)
      try await folder.mark(entry.key, sent: true)
      let other = try OutboxFolder(path)
      let age = try #require(try await other.list(now: now).entries.first?.sentBefore)
      #expect(age > 99 && age < 200)
      #expect(try await other.list(now: now.advanced(bySeconds: -1000)).entries.first?.sentBefore == 0)
      try await folder.mark(entry.key, sent: false)
      let listed = try #require(try await other.list(now: now).entries.first)
      #expect(listed.key == entry.key && listed.sentBefore == nil)
      try await folder.remove(entry.key)
      #expect(try await other.read(entry.key) == nil)
      #expect(try await other.list(now: now).entries.isEmpty)
    }
  }

  @Test func `a refused entry is kept with the reason, and can be put back by hand`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      let entry = try entry(1, to: address)
      try await folder.store(entry)
      try await folder.refuse(entry.key, reason: "403 Could Not Found pods [{'name': u'x'}]")
      #expect(try await folder.list(now: now).entries.isEmpty)
      let name = try #require(try names(in: path + "/refused").first)
      #expect(try read(path + "/refused/" + name).contains("\"refusal\":\"403 Could Not Found pods [{'name': u'x'}]\""))
      #expect(rename(path + "/refused/" + name, path + "/" + name) == 0)
      #expect(try await folder.list(now: now).entries.map(\.key) == [entry.key])
    }
  }

  @Test func `damaged files are named and set aside, foreign and newer ones left alone`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      try await folder.store(try entry(1, to: address))
      let stem = { (number: Int) in "0000000000000000000\(number)-00000000000000aa" }
      try write("", to: "\(path)/\(stem(1)).json")
      try write("{\"version\":1,\"server\":", to: "\(path)/\(stem(2)).sent.json")
      try write("{\"version\":1,\"attempt\":7}", to: "\(path)/\(stem(3)).json")
      try write(String(repeating: "[", count: 100_000), to: "\(path)/\(stem(4)).json")
      #expect(truncate("\(path)/\(stem(4)).json", 50 << 20) == 0)
      #expect(mkdir("\(path)/\(stem(5)).json", 0o700) == 0)
      try write("{\"version\":3,\"shape\":\"new\"}", to: "\(path)/\(stem(6)).json")
      for name in ["README", "x.json", "\(stem(7)).json.part", "\(stem(8)).lost.json", "1-2.json"] {
        try write("mine", to: path + "/" + name)
      }
      let listed = try await folder.list(now: now)
      #expect(listed.entries.count == 1)
      #expect(listed.notices.count == 6, "\(listed.notices)")
      for number in 1...6 { #expect(listed.notices.contains { $0.contains(stem(number)) }) }
      #expect(try names(in: path + "/damaged").count == 5)
      #expect(try await folder.list(now: now).notices.isEmpty)
      #expect(try read("\(path)/\(stem(6)).json").contains("new"))
      #expect(try read(path + "/README") == "mine")
    }
  }

  @Test func `a body beyond the limit is refused`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      var large = try entry(1, to: address)
      large.body = Array(repeating: 34, count: OutboxEntry.largestBody)
      try await folder.store(large)
      #expect(try await folder.read(large.key) == large)
      var tooLarge = try entry(2, to: address)
      tooLarge.body = large.body + [34]
      await #expect { try await folder.store(tooLarge) } throws: { ($0 as? Fault)?.code == .limit }
    }
  }

  @Test func `one process delivers at a time`() async throws {
    try await withTemporaryFolder { path in
      let (first, second) = (try OutboxFolder(path), try OutboxFolder(path))
      #expect(try await first.acquire())
      #expect(try await !first.acquire())
      #expect(try await !second.acquire())
      await first.release()
      #expect(try await second.acquire())
    }
  }

  @Test func `a disk that does not take an entry says so`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      removeTree(path)
      await #expect { try await folder.store(try entry(1, to: address)) } throws: { ($0 as? Fault)?.code == .system }
      #expect(mkdir(path, 0o700) == 0)
    }
  }
}
