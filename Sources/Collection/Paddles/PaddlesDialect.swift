import Dialects
import Model
import Store

/// Ceph's paddles.
struct PaddlesDialect: Dialect {
  let store: ResultStore
  let clock: @Sendable () -> Timestamp
  let secondsEast: @Sendable (Timestamp) -> Int

  var name: DialectName { .paddles }

  func claims(_ path: [String]) -> Bool { true }

  func refuse(_ status: Int, _ message: String) -> Reply { Reply(TestAPI.Refusal(status, message)) }

  func answer(_ call: Call) async -> Reply { Reply(.noSuchPath) }
}
