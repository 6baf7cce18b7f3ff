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

  func refuse(_ status: Int, _ message: String) -> Reply {
    withCORS(Reply(status == 404 ? .noSuchPage : Paddles.Refusal(status, message)))
  }

  func answer(_ call: Call) async -> Reply {
    do {
      return withCORS(try await reply(call))
    } catch let refusal as Paddles.Refusal {
      return withCORS(Reply(refusal))
    } catch {
      return withCORS(Reply(Paddles.Refusal.unavailable("\(error)")))
    }
  }

  /// The original redirects to the form with a trailing slash; here both forms are the same, in this place.
  private func reply(_ call: Call) async throws -> Reply {
    let path = call.path.last == "" ? call.path.dropLast() : call.path[...]
    guard !path.contains("") else { throw Paddles.Refusal.noSuchPage }
    let rest = Array(path.dropFirst())
    switch path.first {
    case nil: return .done
    case "runs": return try await runReply(call, rest)
    case "jobs": return try await jobReply(call, rest)
    case "nodes": return try await nodeReply(call, rest)
    case "queue": return try await queueReply(call, rest)
    case "errors": return try errorReply(call, rest)
    default: throw Paddles.Refusal.noSuchPage
    }
  }

  /// The pages that the original redirects to; its messages where none is sent along.
  private func errorReply(_ call: Call, _ rest: [String]) throws -> Reply {
    let usual: Paddles.Refusal =
      switch rest {
      case ["invalid"]: .invalid("invalid request")
      case ["forbidden"]: .forbidden("forbidden")
      case ["not_found"]: .notFound("resource was not found")
      case ["unavailable"]: .unavailable("service unavailable")
      default: .noSuchPage
      }
    guard usual.message != nil, let message = call.parameter("error_message") else { throw usual }
    throw Paddles.Refusal(usual.status, message)
  }

  private func withCORS(_ reply: Reply) -> Reply {
    var reply = reply
    reply.fields += [
      ("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "GET, OPTIONS"),
      ("Access-Control-Allow-Headers", "origin, authorization, accept"),
    ]
    return reply
  }
}

extension Reply {
  /// The answer to most writes: `{}`.
  static let done = Reply.json(Array("{}".utf8))

  /// A refusal as paddles shows it.
  init(_ refusal: Paddles.Refusal) {
    let type = refusal.message == nil ? "text/html; charset=UTF-8" : "application/json"
    self.init(status: refusal.status, type: type, content: .whole(refusal.body))
  }
}
