import Dialects
import Store

extension PaddlesDialect {
  /// `/queue/pop_queue/`: shows who is next, and does not take it out; null for nobody, and for no such queue.
  func popQueue(_ call: Call) async throws -> Reply {
    let name = try arguments(call).required("queue")
    guard let (queue, job) = try await store.queueHead(name) else { return .json(Array("null".utf8)) }
    guard !Paddles.Queue(queue).isPaused(at: clock()) else {
      throw Paddles.Refusal.unavailable("queue is paused, cannot retrieve job")
    }
    guard let job else { return .json(Array("null".utf8)) }
    var writer = JSONWriter()
    Paddles.Job.Shown(job).write(&writer)
    return .json(writer.bytes)
  }

  /// `/queue/stats/`: how many jobs wait.
  func queueStats(_ call: Call) async throws -> Reply {
    let name = try arguments(call).required("queue")
    guard let (queue, count) = try await store.queueStats(name) else { throw Paddles.Refusal.noSuchQueue }
    var writer = JSONWriter()
    Paddles.Queue(queue).writeStats(to: &writer, jobs: count, now: clock())
    return .json(writer.bytes)
  }

  /// `/queue/queued_jobs/`: which jobs wait: of a run, in whatever queue; of a user in the queue; or all in the queue.
  func queuedJobs(_ call: Call) async throws -> Reply {
    let arguments = arguments(call)
    let name = try arguments.required("queue")
    guard try await !store.queues(named: name, pausedBy: nil).isEmpty else { throw Paddles.Refusal.noSuchQueue }
    var conditions = [JobFilter.Condition.queue(name)]
    if let run = arguments["run_name"] {
      conditions = [.run(run), .status(Paddles.JobStatus.queued.rawValue)]
    } else if let user = arguments["user"] {
      conditions.append(.user(user))
    }
    return try await jobList(try await store.next(JobScan(JobFilter(conditions)))) {
      Paddles.Job.Shown($0).write(&$1)
    }
  }

  /// The arguments of a call: of its query, of a body that is a JSON object, and of a form.
  private func arguments(_ call: Call) -> Paddles.Arguments {
    var parameters = call.query
    if call.type?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true,
      let text = String(validating: call.body, as: UTF8.self), let form = URLText.query(Substring(text), limit: 64)
    {
      parameters = form + parameters
    }
    return Paddles.Arguments(parameters, body: call.body)
  }
}
