import Dialects
import Glibc
import Model
import Publishing
import Testing

/// What people see of an outbox and do with it.
@Suite struct OutboxCareTests {
  private let address: ServerAddress
  private let now = Timestamp(nanoseconds: 1_795_221_400_000_000_000)

  init() throws { address = try ServerAddress(parsing: "http://h/api/v1") }

  @Test func `everything that lies there is shown, in order, with its state`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      for number in 1...4 { try await folder.store(try entry(number, to: address)) }
      try await folder.mark(try entry(2, to: address).key, sent: true)
      try await folder.refuse(try entry(3, to: address).key, reason: "403 no")
      try write("{", to: path + "/00000000000000000001-00000000000000aa.json")
      let (rows, notices) = try await folder.inventory(now: now)
      #expect(notices.count == 1)
      #expect(rows.map(\.state) == [.waits, .mayHaveArrived, .waits, .refused, .damaged])
      #expect(rows.map(\.key?.attempt) == [attempt(1), attempt(2), attempt(4), attempt(3), nil])
      #expect(rows.map(\.reason) == [nil, nil, nil, "403 no", "not readable as an entry"])
      #expect(rows[0].run == run && rows[0].cases.map(\.rawValue) == ["c1"] && rows[0].created != nil)
    }
  }

  @Test func `what is dropped is gone, and nothing else`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      for number in 1...3 { try await folder.store(try entry(number, to: address)) }
      try await folder.refuse(try entry(3, to: address).key, reason: "403 no")
      for row in try await folder.inventory(now: now).rows where row.key?.attempt != attempt(2) {
        try await folder.drop(row)
      }
      #expect(try await folder.inventory(now: now).rows.map(\.key?.attempt) == [attempt(2)])
      #expect(try await OutboxFolder(path).list(now: now).entries.count == 1)
    }
  }

  @Test func `what is put back waits again`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      try await folder.store(try entry(1, to: address))
      try await folder.refuse(try entry(1, to: address).key, reason: "403 no")
      for row in try await folder.inventory(now: now).rows { try await folder.retry(row) }
      #expect(try await folder.inventory(now: now).rows.map(\.state) == [.waits])
      #expect(try names(in: path + "/refused").isEmpty)
    }
  }

  @Test func `a crash between setting aside and removing leaves no second copy behind`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      try await folder.store(try entry(1, to: address))
      let name = try #require(try names(in: path).first { $0.hasSuffix(".json") })
      #expect(link(path + "/" + name, path + "/refused/" + name) == 0)
      try await folder.remove(try entry(1, to: address).key)
      #expect(try await folder.inventory(now: now).rows.isEmpty)
    }
  }

  @Test func `what a process that died left half-written goes after an hour`() async throws {
    try await withTemporaryFolder { path in
      let folder = try OutboxFolder(path)
      let name = { (number: Int) in "\(path)/0000000000000000000\(number)-00000000000000aa.json.part" }
      for number in 1...2 { try write("{", to: name(number)) }
      var times = [
        timeval(tv_sec: 1_795_221_400 - 4000, tv_usec: 0), timeval(tv_sec: 1_795_221_400 - 4000, tv_usec: 0),
      ]
      #expect(utimes(name(1), &times) == 0)
      _ = try await folder.list(now: now)
      #expect(access(name(1), F_OK) != 0 && access(name(2), F_OK) == 0)
    }
  }
}
