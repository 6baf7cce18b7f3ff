import Foundation
import Synchronization
import Testing

/// Several nodes at once: all or none, and never one for two.
@Suite struct PaddlesNodeManyTests {
  private static func node(_ name: String, _ type: String = "smithi", _ more: String = #""up": true"#) -> PaddlesStep {
    PaddlesStep("POST", "/nodes/", sending: #"{"name": "\#(name)", "machine_type": "\#(type)", \#(more)}"#, 200, "{}")
  }

  private static func lock(_ count: String, _ type: String, with more: String = "", _ status: Int, _ body: String)
    -> PaddlesStep
  {
    PaddlesStep(
      "POST", "/nodes/lock_many/",
      sending: #"{"count": \#(count), "locked_by": "me", "machine_type": "\#(type)", "description": "d"\#(more)}"#,
      status, body)
  }

  @Test func manyAreLocked() async throws {
    try await run([
      Self.node("down", "smithi", #""up": false"#),
      Self.node("unknown", "smithi", #""up": null"#),
      Self.node("taken", "smithi", #""up": true, "locked": true, "locked_by": "you""#),
      Self.node("a"), Self.node("b", "smithi", #""up": true, "os_type": "rhel", "os_version": "9""#),
      Self.node("c", "mira", #""up": true, "arch": "arm64", "os_version": "22.04""#),
      Self.node("d"), Self.node("e", "mira"), Self.node("f", "mira"),
      Self.lock("4", "smithi", 503, "only 3 nodes available"),
      Self.lock("1e300", "smithi", 503, "only 3 nodes available"),
      Self.lock("1e999", "smithi", 503, "only 3 nodes available"),
      Self.lock("1", "nope", 503, "only 0 nodes available"),
      PaddlesStep("GET", "/nodes/?locked_by=me", 200, "[]"),
      Self.lock("1", "smithi", with: #", "os_type": "rhel", "os_version": 9"#, 200, #"[{"name": "b", …}]"#),
      Self.lock("1", "mira", with: #", "os_version": 22.04, "arch": "arm64""#, 200, #"[{"name": "c", …}]"#),
      Self.lock("1", "smithi", with: #", "os_type": "rhel""#, 503, "only 0 nodes available"),
      Self.lock(
        "1", "smithi", with: #", "os_type": null, "os_version": "", "stranger": 1"#, 200, #"[{"name": "a", …}]"#),
      Self.lock(
        "2.0", "smithi|mira", 200,
        #"[{"name": "d", "description": "d", "up": true, …"locked": true, "#
          + #""locked_since": "2026-11-21 00:36:34.123456", "locked_by": "me", …}, {"name": "e", …}]"#),
      Self.lock("1", "smithi|", 503, "only 0 nodes available"),
      PaddlesStep(
        "POST", "/nodes/lock_many",
        sending: #"{"count": "1", "locked_by": "me", "machine_type": "mira", "description": null}"#,
        200, #"[{"name": "f", "description": null, …}]"#),
    ])
  }

  @Test func whatLockManyMustBe() async throws {
    let fields = "must pass these fields: count, locked_by, machine_type, description"
    try await run([
      Self.node("a"),
      PaddlesStep("GET", "/nodes/lock_many/", 400, "this URI only supports POST requests"),
      PaddlesStep("PUT", "/nodes/lock_many", sending: "{}", 400, "this URI only supports POST requests"),
      PaddlesStep("POST", "/nodes/lock_many/", sending: "x", 400, "could not decode JSON body"),
      PaddlesStep("POST", "/nodes/lock_many/", sending: "{}", 400, fields),
      PaddlesStep(
        "POST", "/nodes/lock_many/", sending: #"{"count": 1, "locked_by": "me", "machine_type": "a"}"#, 400, fields),
      Self.lock("0", "smithi", 400, "cannot lock less than 1 node"),
      Self.lock("-1e999", "smithi", 400, "cannot lock less than 1 node"),
      Self.lock("1.5", "smithi", 400, "count must be an integer"),
      Self.lock("null", "smithi", 400, "count must be an integer"),
      Self.lock("true", "smithi", 400, "count must be an integer"),
      Self.lock("[1]", "smithi", 400, "count must be an integer"),
      Self.lock(#""NaN""#, "smithi", 400, "count must be an integer"),
      Self.lock("1", "", 400, "must specify machine_type"),
      Self.lock("1", "|", 400, "must specify machine_type"),
      PaddlesStep(
        "POST", "/nodes/lock_many/",
        sending: #"{"count": 1, "locked_by": "", "machine_type": "smithi", "description": ""}"#, 400,
        "Cannot lock without specifying locked_by"),
      PaddlesStep("GET", "/nodes/?locked=0", 200, #"[{"name": "a", …}]"#),
    ])
  }

  @Test func manyAreUnlockedTogetherOrNotAtAll() async throws {
    let fields = "must pass these fields: names, locked_by"
    let held = #""up": true, "locked": true, "locked_by": "me""#
    func unlock(_ body: String, _ status: Int, _ answer: String) -> PaddlesStep {
      PaddlesStep("POST", "/nodes/unlock_many/", sending: body, status, answer)
    }
    try await run([
      Self.node("a", "smithi", held), Self.node("b", "smithi", held), Self.node("c"),
      Self.node("d", "smithi", #""up": true, "locked": true, "locked_by": "you""#),
      PaddlesStep("GET", "/nodes/unlock_many/", 400, "this URI only supports POST requests"),
      unlock("x", 400, "could not decode JSON body"),
      unlock("{}", 400, fields),
      unlock(#"{"names": ["a"]}"#, 400, fields),
      unlock(#"{"names": ["a"], "locked_by": "me", "description": "d"}"#, 400, fields),
      unlock(#"{"names": "a", "locked_by": "me"}"#, 400, "'names' must be a list"),
      unlock(#"{"names": {"a": 1}, "locked_by": "me"}"#, 400, "'names' must be a list"),
      unlock(#"{"names": null, "locked_by": "me"}"#, 400, "'names' must be a list"),
      unlock(#"{"names": ["a", "nope"], "locked_by": "me"}"#, 400, "Could not find all nodes!"),
      unlock(#"{"names": ["a", "a"], "locked_by": "me"}"#, 400, "Could not find all nodes!"),
      unlock(#"{"names": ["a", 7], "locked_by": "me"}"#, 400, "Could not find all nodes!"),
      unlock(#"{"names": ["a", "c"], "locked_by": "me"}"#, 403, "Cannot unlock an already-unlocked node"),
      unlock(#"{"names": ["a", "d"], "locked_by": "me"}"#, 403, "Cannot unlock - locked_by values must match"),
      unlock(#"{"names": ["a", "b"], "locked_by": null}"#, 400, "Cannot unlock without specifying locked_by"),
      PaddlesStep("GET", "/nodes/?locked_by=me", 200, #"[{"name": "a", …}, {"name": "b", …}]"#),
      unlock(
        #"{"names": ["b", "a"], "locked_by": "me"}"#, 200,
        #"[{"name": "b", "locked": false, "locked_by": null, "machine_type": "smithi", "is_vm": false}, "#
          + #"{"name": "a", "locked": false, "locked_by": null, "machine_type": "smithi", "is_vm": false}]"#),
      PaddlesStep("GET", "/nodes/?locked_by=me", 200, "[]"),
      unlock(#"{"names": [], "locked_by": "me"}"#, 200, "[]"),
    ])
  }

  /// Sixteen clients take pairs and give them back until each had its share; whoever holds a node must be alone with it,
  /// and one who wants more than there ever are is refused at once and holds back nobody.
  @Test func sixteenClientsNeverShareANode() async throws {
    try await TestServer.run { server in
      for number in 0..<10 { try await Self.node("n\(number)").check(server) }
      let holders = Holders()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<16 {
          group.addTask {
            let connection = try server.connect()
            let isGreedy = client == 0
            var rounds = 0
            while rounds < 25 {
              let locked = try await connection.exchange(Self.request(count: isGreedy ? 11 : 2, by: "client\(client)"))
              if locked.statusLine.contains(" 503 ") {
                if isGreedy { rounds += 1 }
                continue
              }
              #expect(locked.statusLine == "HTTP/1.1 200 OK" && !isGreedy)
              let names = try Self.names(locked)
              #expect(names.count == 2)
              holders.take(names, client)
              holders.give(names, client)
              let unlocked = try await connection.exchange(Self.unlocking(names, by: "client\(client)"))
              #expect(unlocked.statusLine == "HTTP/1.1 200 OK", "\(unlocked.text)")
              rounds += 1
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(holders.clashes == 0)
      #expect(try await server.call("GET", "/paddles/nodes/?locked=1").text == "[]")
    }
  }

  private static func request(count: Int, by owner: String) -> [UInt8] {
    TestServer.request(
      "POST", "/paddles/nodes/lock_many/",
      json: #"{"count": \#(count), "locked_by": "\#(owner)", "machine_type": "smithi", "description": "\#(owner)"}"#)
  }

  private static func unlocking(_ names: [String], by owner: String) -> [UInt8] {
    let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
    return TestServer.request(
      "POST", "/paddles/nodes/unlock_many/", json: #"{"names": [\#(list)], "locked_by": "\#(owner)"}"#)
  }

  private static func names(_ answer: RawConnection.Answer) throws -> [String] {
    let nodes = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]] ?? []
    return nodes.compactMap { $0["name"] as? String }
  }
}

/// Who holds which node, as the clients see it.
private final class Holders: Sendable {
  private let state = Mutex<(holders: [String: Int], clashes: Int)>(([:], 0))

  func take(_ names: [String], _ client: Int) {
    state.withLock { state in
      for name in names {
        if state.holders[name] != nil { state.clashes += 1 }
        state.holders[name] = client
      }
    }
  }

  func give(_ names: [String], _ client: Int) {
    state.withLock { state in
      for name in names {
        if state.holders[name] != client { state.clashes += 1 }
        state.holders[name] = nil
      }
    }
  }

  var clashes: Int { state.withLock { $0.clashes } }
}
