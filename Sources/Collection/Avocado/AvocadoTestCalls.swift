import Dialects
import Store

extension AvocadoDialect {
  func addTest(to job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    let draft = try Avocado.TestDraft(call.body)
    return AvocadoReply(
      try await store.addAvocadoTest(
        draft.tag, status: draft.status.rawValue, to: job, request: call.request, answer: .added(.test)))
  }

  func listTests(of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    let order = Avocado.Ordering<Avocado.TestField>.read(call.sent.parameter("ordering")).compactMap { term in
      AvocadoTestOrder.Column(rawValue: term.field.rawValue).map {
        AvocadoTestOrder($0, isDescending: term.isDescending)
      }
    }
    return try call.answer(try await store.avocadoTests(of: job, order: order, window: call.window), Avocado.Test.init)
  }

  /// Everything that can be done with one test.
  func oneTest(_ key: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    switch call.verb {
    case "DELETE":
      try await store.removeAvocadoTest(key, of: job)
      return .gone
    case "GET", "HEAD": return AvocadoReply(Avocado.show(Avocado.Test(try await store.avocadoTest(key, of: job))))
    default:
      let change = try Avocado.TestChange(call.body, partial: call.verb == "PATCH")
      do {
        let test = try await store.changeAvocadoTest(
          key, of: job, job: change.job.map { AvocadoJobName($0, forWriting: true) }, tag: change.tag,
          status: change.status?.rawValue)
        return AvocadoReply(Avocado.show(Avocado.Test(test)))
      } catch AvocadoProblem.parentAbsent {
        throw Avocado.Refusal.unknown("job", key: change.job ?? "")
      } catch AvocadoProblem.exists {
        throw Avocado.Refusal.notUnique("job, tag")
      }
    }
  }
}
