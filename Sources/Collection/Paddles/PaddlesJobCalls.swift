import Dialects
import Model
import Store

extension PaddlesDialect {
  /// Answers what lies under `/runs/{name}/jobs/{id}/`.
  func jobReply(_ call: Call, _ id: String, of run: String) async throws -> Reply {
    switch call.verb {
    case "PUT": return try await changeJob(id, of: run, call)
    case "DELETE": return try await removeJob(id, of: run)
    default:
      guard let job = try await store.job(id, of: run) else { throw Paddles.Refusal.noSuchPage }
      var writer = JSONWriter()
      Paddles.Job.Shown(job).write(&writer)
      return .json(writer.bytes)
    }
  }

  /// `POST /runs/{name}/jobs/`: makes the job, and the run where it is new.
  func addJob(to run: String, _ call: Call) async throws -> Reply {
    let members = try Paddles.Fields(call.body).members
    guard !members.isEmpty else { throw Paddles.Refusal.badBody }
    let change = try Paddles.Job.Change(members, secondsEast: secondsEast)
    let name = try Paddles.Run.name(.string(run))
    let now = clock()
    let addition = try await store.addJob(change.id, to: RunRecord(newRun(name)), requestKey: call.requestKey) {
      JobWrite($0, $1, nil, change, now: now)
    }
    switch addition {
    case .added(let id), .repeated(let id): return .json(Paddles.Job.created(id))
    // teuthology looks for these last two words, and then sends a PUT.
    case .exists: throw Paddles.Refusal.invalid("job with job_id \(change.id ?? "") already exists")
    }
  }

  private func changeJob(_ id: String, of run: String, _ call: Call) async throws -> Reply {
    let absent = Paddles.Refusal.notFound("attempted to update a non-existent job")
    let change: Paddles.Job.Change
    do throws(Paddles.Refusal) {
      change = try Paddles.Job.Change(Paddles.Fields(call.body).members, secondsEast: secondsEast)
    } catch {
      // Of a job that is not there it does not matter what is said about it.
      guard try await store.job(id, of: run) != nil else { throw absent }
      throw error
    }
    let now = clock()
    let isThere = try await store.changeJob(id, of: run) { JobWrite($0, id, $1, change, now: now) }
    guard isThere else { throw absent }
    return .done
  }

  private func removeJob(_ id: String, of run: String) async throws -> Reply {
    let isRemoved = try await store.removeJob(id, of: run) { run, status, next in
      var run = Paddles.Run(run)
      run.state.jobRemoved(Paddles.JobStatus(rawValue: status) ?? .unknown, next: next.map { Paddles.Run.First($0) })
      return RunRecord(run)
    }
    guard isRemoved else { throw Paddles.Refusal.notFound("attempted to delete a non-existent job") }
    return .done
  }
}
