import Dialects
import Store

extension AvocadoDialect {
  func addActivity(to test: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    let draft = try Avocado.ActivityDraft(call.body, ofTest: true)
    return AvocadoReply(
      try await store.addAvocadoActivity(
        AvocadoActivity(draft), toTest: test, of: job, request: call.request, answer: .added(.testActivity)))
  }

  /// `POST /jobs/{id}/test_activity/`: a row of a journal, or an activity whose body and not the URL says which test.
  func addTestActivity(_ name: String, _ call: AvocadoCall) async throws -> AvocadoReply {
    if let row = try Avocado.JournalRow(call.body) {
      try await store.takeAvocadoJournal(
        AvocadoActivity(row.draft), tag: row.tag, foreignStatus: row.foreignStatus,
        of: AvocadoJobName(row.job ?? name, forWriting: true))
      return AvocadoReply(.added(.testActivity))
    }
    let sent = try Avocado.ActivityChange(call.body, ofTest: true)
    guard let test = sent.test, let activity = sent.activity, let time = sent.time, let status = sent.status else {
      throw Avocado.Refusal.absent
    }
    let row = AvocadoActivity(activity: activity, time: time.microseconds, status: status.rawValue)
    do {
      return AvocadoReply(
        try await store.addAvocadoActivity(
          row, toTest: test, of: nil, request: call.request, answer: .added(.testActivity)))
    } catch AvocadoProblem.absent {
      throw Avocado.Refusal.unknown("test", key: "\(test)")
    } catch AvocadoProblem.exists {
      throw Avocado.Refusal.notUnique("test, activity, time, status")
    }
  }

  func listActivities(of test: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    try call.answer(
      try await store.avocadoActivities(ofTest: test, of: job, window: call.window), Avocado.TestActivity.init)
  }

  /// Everything that can be done with one activity of a test.
  func oneActivity(_ key: Int64, ofTest test: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws
    -> AvocadoReply
  {
    switch call.verb {
    case "DELETE":
      try await store.removeAvocadoActivity(key, ofTest: test, of: job)
      return .gone
    case "GET", "HEAD":
      let row = try await store.avocadoActivity(key, ofTest: test, of: job)
      return AvocadoReply(Avocado.show(Avocado.TestActivity(row)))
    default:
      let change = try Avocado.ActivityChange(call.body, ofTest: true, partial: call.verb == "PATCH")
      do {
        let row = try await store.changeAvocadoActivity(
          key, ofTest: test, of: job, test: change.test, activity: change.activity, time: change.time?.microseconds,
          status: change.status?.rawValue)
        return AvocadoReply(Avocado.show(Avocado.TestActivity(row)))
      } catch AvocadoProblem.parentAbsent {
        throw Avocado.Refusal.unknown("test", key: "\(change.test ?? test)")
      } catch AvocadoProblem.exists {
        throw Avocado.Refusal.notUnique("test, activity, time, status")
      }
    }
  }
}
