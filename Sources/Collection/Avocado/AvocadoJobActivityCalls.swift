import Dialects
import Store

extension AvocadoDialect {
  func addActivity(to job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    let draft = try Avocado.ActivityDraft(call.body, ofTest: false)
    return AvocadoReply(
      try await store.addAvocadoActivity(
        AvocadoActivity(draft), toJob: job, request: call.request, answer: .added(.jobActivity)))
  }

  /// `POST /jobs/{id}/activity/`, where the body and not the URL says which job.
  func addActivity(_ call: AvocadoCall) async throws -> AvocadoReply {
    let sent = try Avocado.ActivityChange(call.body, ofTest: false)
    guard let job = sent.job, let activity = sent.activity, let time = sent.time else { throw Avocado.Refusal.absent }
    do {
      return AvocadoReply(
        try await store.addAvocadoActivity(
          AvocadoActivity(activity: activity, time: time.microseconds), toJob: AvocadoJobName(job, forWriting: true),
          request: call.request, answer: .added(.jobActivity)))
    } catch AvocadoProblem.absent {
      throw Avocado.Refusal.unknown("job", key: job)
    } catch AvocadoProblem.exists {
      throw Avocado.Refusal.notUnique("job, activity, time")
    }
  }

  func listActivities(of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    try call.answer(try await store.avocadoActivities(ofJob: job, window: call.window), Avocado.JobActivity.init)
  }

  /// Everything that can be done with one activity of a job.
  func oneActivity(_ key: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    switch call.verb {
    case "DELETE":
      try await store.removeAvocadoActivity(key, ofJob: job)
      return .gone
    case "GET", "HEAD":
      return AvocadoReply(Avocado.show(Avocado.JobActivity(try await store.avocadoActivity(key, ofJob: job))))
    default:
      let change = try Avocado.ActivityChange(call.body, ofTest: false, partial: call.verb == "PATCH")
      do {
        let row = try await store.changeAvocadoActivity(
          key, ofJob: job, job: change.job.map { AvocadoJobName($0, forWriting: true) }, activity: change.activity,
          time: change.time?.microseconds)
        return AvocadoReply(Avocado.show(Avocado.JobActivity(row)))
      } catch AvocadoProblem.parentAbsent {
        throw Avocado.Refusal.unknown("job", key: change.job ?? "")
      } catch AvocadoProblem.exists {
        throw Avocado.Refusal.notUnique("job, activity, time")
      }
    }
  }
}
