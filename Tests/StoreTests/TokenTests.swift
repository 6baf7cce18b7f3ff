import GRDB
import Model
import Testing

@testable import Store

@Suite struct TokenTests {
  private func token(_ name: String, _ byte: UInt8, dialects: Set<String> = [], projects: Set<String> = [])
    -> StoredToken
  {
    StoredToken(
      name: name, hash: Array(repeating: byte, count: 32), created: Timestamp(nanoseconds: 5),
      expires: byte == 2 ? Timestamp(nanoseconds: 7) : nil, dialects: dialects, projects: projects)
  }

  @Test func whatWasAddedIsListedUntilItIsRemoved() async throws {
    try await withStore { store, path in
      let all = token("all", 1)
      let some = token("some", 2, dialects: ["testapi", "paddles"], projects: ["functest", "a'b"])
      #expect(try await store.addToken(all) == .added(all))
      #expect(try await store.addToken(some) == .added(some))
      #expect(try await store.addToken(token("all", 3)) == .exists)
      let other = try openStore(path)
      #expect(try await other.tokens() == [all, some])
      #expect(try await other.removeToken(named: "some"))
      #expect(try await !other.removeToken(named: "some"))
      try other.close()
      #expect(try await store.tokens() == [all])
      // Its scopes went with it.
      #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM token_scopes") } == 0)
    }
  }

  @Test func twoTokensNeverShareAHash() async throws {
    try await withStore { store, _ in
      _ = try await store.addToken(token("one", 1))
      await #expect(throws: Fault.self) { try await store.addToken(token("two", 1)) }
      await #expect(throws: Fault.self) {
        try await store.addToken(StoredToken(name: "short", hash: [1, 2], created: Timestamp(nanoseconds: 0)))
      }
    }
  }
}
