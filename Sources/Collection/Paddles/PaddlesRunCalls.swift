import Dialects
import Model
import Store

extension PaddlesDialect {
  /// Answers what lies under `/runs/`; `rest` is the path behind it. A verb that a path does not know reads it.
  func runReply(_ call: Call, _ rest: [String]) async throws -> Reply {
    if Paddles.RunQuery.begins(rest) { return try await filterRuns(call, rest) }
    switch (rest.count, rest.first, rest.dropFirst().first) {
    case (0, _, _): return call.verb == "POST" ? try await addRun(call) : try await latestRuns(call)
    case (1, "queued", _):
      return try await listRuns(call, RunScan(RunFilter([.queued], order: .soonest)))
    case (1, let name?, _): return try await runReply(call, named: name)
    case (2, let run?, "jobs"):
      return call.verb == "POST" ? try await addJob(to: run, call) : try await listJobs(of: run, call)
    case (3, let run?, "jobs"): return try await jobReply(call, rest[2], of: run)
    default: throw Paddles.Refusal.noSuchPage
    }
  }

  private func runReply(_ call: Call, named name: String) async throws -> Reply {
    switch call.verb {
    case "DELETE":
      guard try await store.removeRun(named: name) else {
        throw Paddles.Refusal.notFound("attempted to delete a non-existent run")
      }
      return .done
    case "HEAD":
      guard try await store.hasRun(named: name) else { throw Paddles.Refusal.noSuchPage }
      // A body that is left out, not an empty one: its length is not known without the jobs.
      return .json { nil }
    default: return try await showRun(name, call)
    }
  }

  private func addRun(_ call: Call) async throws -> Reply {
    let name = try Paddles.Run.name(Paddles.Fields(call.body).members["name"] ?? .null)
    switch try await store.addRun(RunRecord(newRun(name)), requestKey: call.requestKey) {
    case .added, .repeated: return .done
    case .exists: throw Paddles.Refusal.invalid("run with name \(name) already exists")
    }
  }

  /// A run as it is before its first job.
  func newRun(_ name: String) -> Paddles.Run {
    Paddles.Run(named: name, posted: clock(), secondsEast: secondsEast)
  }

  /// A run with all of its jobs.
  private func showRun(_ name: String, _ call: Call) async throws -> Reply {
    guard let (run, jobs) = try await store.runWithJobs(name) else { throw Paddles.Refusal.noSuchPage }
    var head = JSONWriter()
    Paddles.Run(run).open(root: call.root, &head)
    head.append(key: "jobs")
    return try await jobList(jobs, head: head, tail: "}") { job, writer in Paddles.Job.Shown(job).write(&writer) }
  }
}
