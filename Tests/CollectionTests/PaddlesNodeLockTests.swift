import Dialects
import Model
import Testing

/// The rules of locks, from the contract's section 1.5, as a table: a node, what is asked, and what comes of it.
@Suite struct PaddlesNodeLockTests {
  struct Rule: Sendable, CustomTestStringConvertible {
    var node: Paddles.Node
    var asked: String
    /// `free`, `held by OWNER`, or the status and message of a refusal.
    var expected: String
    var description: String?

    init(_ node: Paddles.Node, _ asked: String, _ expected: String, description: String? = nil) {
      self.node = node
      self.asked = asked
      self.expected = expected
      self.description = description ?? node.attributes[.description]
    }

    var testDescription: String { "\(node.lock?.owner ?? "free") \(asked)" }
  }

  private static let earlier = Timestamp(nanoseconds: 1_000_000_000)
  private static let now = Timestamp(nanoseconds: 2_000_000_000)
  private static let free = Paddles.Node(name: "n", attributes: [.description: "d"])
  private static let bare = Paddles.Node(name: "n")
  private static let held = Paddles.Node(
    name: "n", attributes: [.description: "d"], lock: Paddles.Node.Lock(owner: "me", since: earlier))

  private static let rules = [
    Rule(free, #"{"locked": true, "locked_by": "me"}"#, "held by me"),
    Rule(free, #"{"locked": true, "locked_by": "me", "description": "e"}"#, "held by me", description: "e"),
    Rule(bare, #"{"locked": 1, "locked_by": "me", "description": null}"#, "held by me"),
    Rule(free, #"{"locked": true}"#, "400 Cannot lock without specifying locked_by"),
    Rule(free, #"{"locked": true, "locked_by": null}"#, "400 Cannot lock without specifying locked_by"),
    Rule(free, #"{"locked": true, "locked_by": ""}"#, "400 Cannot lock without specifying locked_by"),
    Rule(free, #"{"locked": false}"#, "403 Cannot unlock an already-unlocked node"),
    Rule(free, #"{"locked": false, "locked_by": "me"}"#, "403 Cannot unlock an already-unlocked node"),
    Rule(
      free, #"{"locked": false, "locked_by": "me", "description": "d"}"#, "403 Cannot unlock an already-unlocked node"),
    Rule(free, #"{"locked": false, "description": "e"}"#, "403 Cannot unlock an already-unlocked node"),
    Rule(free, #"{"locked": false, "locked_by": null, "description": "d"}"#, "free"),
    Rule(bare, #"{"locked": false, "description": null}"#, "403 Cannot unlock an already-unlocked node"),
    Rule(held, #"{"locked": true}"#, "403 Cannot lock an already-locked node"),
    Rule(held, #"{"locked": true, "locked_by": "me"}"#, "403 Cannot lock an already-locked node"),
    Rule(held, #"{"locked": true, "locked_by": "me", "description": "e"}"#, "403 Cannot lock an already-locked node"),
    Rule(held, #"{"locked": true, "locked_by": "you", "description": "d"}"#, "403 Cannot lock an already-locked node"),
    Rule(held, #"{"locked": true, "locked_by": "me", "description": "d"}"#, "held by me"),
    Rule(held, #"{"locked": false}"#, "400 Cannot unlock without specifying locked_by"),
    Rule(held, #"{"locked": false, "locked_by": ""}"#, "400 Cannot unlock without specifying locked_by"),
    Rule(held, #"{"locked": false, "locked_by": "you"}"#, "403 Cannot unlock - locked_by values must match"),
    Rule(
      held, #"{"locked": false, "locked_by": "you", "description": "d"}"#,
      "403 Cannot unlock - locked_by values must match"),
    Rule(
      held, #"{"locked": false, "locked_by": "me", "description": "e"}"#,
      "403 Cannot unlock - description values must match"),
    Rule(held, #"{"locked": false, "locked_by": "me"}"#, "free"),
    Rule(held, #"{"locked": false, "locked_by": "me", "description": "d"}"#, "free"),
    Rule(held, #"{"locked": false, "locked_by": "me", "description": ""}"#, "free"),
    Rule(held, #"{"locked": false, "locked_by": "me", "description": null}"#, "free"),
    Rule(held, #"{"locked": false, "locked_by": "me", "os_type": "rhel"}"#, "free"),
    Rule(held, #"{"locked": null, "up": true}"#, "held by me"),
    Rule(held, #"{"description": "e"}"#, "held by me", description: "e"),
    Rule(held, #"{"locked_by": "you"}"#, "held by you"),
    Rule(free, #"{"locked_by": "you", "locked_since": "2026-01-01 00:00:00"}"#, "free"),
    Rule(free, #"{"locked": "maybe"}"#, "400 'locked' must be a boolean"),
    Rule(free, #"{"locked": {}}"#, "400 'locked' must be a boolean"),
    Rule(free, #"{"locked": true, "locked_by": ["me"]}"#, "400 'locked_by' must be a string"),
  ]

  @Test(arguments: rules) func everyRule(_ rule: Rule) throws {
    var node = rule.node
    do throws(Paddles.Refusal) {
      try node.update(Paddles.NodeUpdate(Paddles.Fields(Array(rule.asked.utf8))), now: Self.now)
      #expect(node.lock.map { "held by \($0.owner)" } ?? "free" == rule.expected)
      #expect(node.attributes[.description] == rule.description)
      if let lock = node.lock { #expect(lock.since == (rule.node.lock == nil ? Self.now : Self.earlier)) }
    } catch {
      #expect("\(error.status) \(error.message ?? "")" == rule.expected)
      #expect(node == rule.node, "what is refused changes nothing")
    }
  }

  @Test func aNewNodeMayBeSaidToBeFreeButNotLockedForNobody() throws {
    let free = try Paddles.Node(name: "n", Paddles.NodeUpdate(locked: false, owner: "me"), now: Self.now)
    #expect(free.lock == nil)
    let held = try Paddles.Node(name: "n", Paddles.NodeUpdate(locked: true, owner: "me"), now: Self.now)
    #expect(held.lock == Paddles.Node.Lock(owner: "me", since: Self.now))
    #expect(throws: Paddles.Refusal.invalid("Cannot lock without specifying locked_by")) {
      try Paddles.Node(name: "n", Paddles.NodeUpdate(locked: true), now: Self.now)
    }
  }

  @Test func lockAndUnlockAreUpdates() throws {
    var node = Self.bare
    try node.lock(by: "me", description: .set("run/1"), now: Self.earlier)
    #expect(node.lock == Paddles.Node.Lock(owner: "me", since: Self.earlier))
    #expect(throws: Paddles.Refusal.forbidden("Cannot lock an already-locked node")) {
      try node.lock(by: "you", description: .set("run/1"), now: Self.now)
    }
    try node.unlock(by: "me", now: Self.now)
    #expect(node.lock == nil && node.attributes[.description] == "run/1")
  }

  @Test(arguments: [
    ("1", true), ("true", true), ("True", true), ("TRUE", true), ("yes", true), ("t", true), ("on", true),
    ("0", false), ("false", false), ("False", false), ("no", false), ("off", false), ("2", nil), ("maybe", nil),
  ])
  func booleansOfAllAges(_ word: String, _ value: Bool?) throws {
    let query = Paddles.Arguments([("locked", word)])
    guard let value else {
      #expect(throws: Paddles.Refusal.invalid("locked must be a boolean")) { try Paddles.NodeQuery(query) }
      return
    }
    #expect(try Paddles.NodeQuery(query).locked == value)
  }
}
