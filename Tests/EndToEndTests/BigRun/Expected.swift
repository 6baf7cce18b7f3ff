import Glibc
import Model

/// What a case of the big run has to come to: one table, checked against every format.
struct Expected: Sendable {
  let tier: String
  let id: String
  let verdict: Verdict
  var result: Double?
  /// A part of the reason; nil: there is none.
  var reason: String?
  var attempts = 1

  /// The case's name in the catalog.
  var name: String { String(id.split(separator: "@")[0]) }
  /// What a Test API is told; nil: nothing.
  var criteria: String? { [.pass: "PASS", .fail: "FAIL"][verdict] }

  static func pass(_ tier: String, _ id: String) -> Expected {
    Expected(tier: tier, id: id, verdict: .pass, result: 100)
  }

  static func fail(_ tier: String, _ id: String, _ reason: String, result: Double = 0) -> Expected {
    Expected(tier: tier, id: id, verdict: .fail, result: result, reason: reason)
  }

  static func skip(_ tier: String, _ id: String, _ reason: String, attempts: Int = 0) -> Expected {
    Expected(tier: tier, id: id, verdict: .skip, reason: reason, attempts: attempts)
  }

  static func error(_ tier: String, _ id: String, _ reason: String, attempts: Int) -> Expected {
    Expected(tier: tier, id: id, verdict: .error, reason: reason, attempts: attempts)
  }

  /// Every case that is planned, in catalog order.
  static let all: [Expected] =
    ["n1", "n2", "n3"].map { .pass("ready", "alive@\($0)") } + [
      .pass("basics", "pass"),
      .fail("basics", "fail", "exit status 3: the disk has gone"),
      .skip("basics", "skip", "skipped by itself (exit status 77)", attempts: 1),
      .skip("basics", "elsewhere", "INSTALLER_TYPE"),
      .skip("basics", "nothing", "nothing to run"),
      .fail("basics", "hang", "timed out after 1 s"),
      .fail("basics", "crash", "killed by SIGSEGV"),
      .pass("basics", "chatter"),
      .error("basics", "missing", "missing tool", attempts: 2),
      .error("basics", "nowhere", "rack=9", attempts: 0),
      .pass("basics", "leave_setsid"),
      .pass("basics", "leave_env"),
      .pass("basics", "leave_double"),
      .pass("basics", "unended"),
      .pass("basics", "environment"),
      .pass("basics", "files"),
      .pass("basics", "artifacts"),
      .fail("basics", "secret", "exit status 4: it is "),
      .pass("basics", "blind"),
      .pass("sharing", "alone_1"), .pass("sharing", "shared_1"), .pass("sharing", "alone_2"),
      .pass("sharing", "shared_2"), .pass("sharing", "alone_3"), .pass("sharing", "shared_3"),
      .pass("sharing", "fussy_1"), .pass("sharing", "fussy_2"), .pass("sharing", "fussy_3"),
    ] + frameworks + [
      .pass("held", "before"),
      .fail("held", "gate", "exit status 1"),
      .skip("held", "behind", "gate held/gate"),
      .skip("after", "last", "gate held/gate"),
    ]

  private static let frameworks: [Expected] =
    Binaries.python == nil
    ? []
    : [
      .pass("frameworks", "unit"), .fail("frameworks", "pytest", "test_that_fails", result: 50),
      .pass("frameworks", "robot"),
    ]
}
