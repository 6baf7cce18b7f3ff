import Dialects
import Model
import Store

/// Avocado Server 0.26.0, with what older ones had beside it.
struct AvocadoDialect: Dialect {
  let store: ResultStore
  let clock: @Sendable () -> Timestamp

  var name: DialectName { .avocado }

  func claims(_ path: [String]) -> Bool { true }

  func refuse(_ status: Int, _ message: String) -> Reply { Reply(TestAPI.Refusal(status, message)) }

  func answer(_ call: Call) async -> Reply { Reply(.noSuchPath) }
}
