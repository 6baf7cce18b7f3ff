import Dialects
import Store

extension PaddlesDialect {
  /// Answers what lies under `/jobs/`; `rest` is the path behind it. Jobs of all runs, the newest first.
  func jobReply(_ call: Call, _ rest: [String]) async throws -> Reply {
    guard rest.isEmpty else { throw Paddles.Refusal.noSuchPage }
    let query = try Paddles.JobQuery(call.query, now: clock())
    let filter = JobFilter(query.conditions.map { JobFilter.Condition($0) })
    let first = try await store.next(JobScan(filter, skip: query.page.offset, limit: query.page.count))
    return try await jobList(first) { job, writer in Paddles.Job.Shown(job).write(&writer) }
  }

  /// `GET /runs/{name}/jobs/`: all of them, the newest first; whole or some fields.
  func listJobs(of run: String, _ call: Call) async throws -> Reply {
    let fields = try Paddles.Job.Field.list(call.parameter("fields"))
    let status = call.parameter("status").flatMap { $0.isEmpty ? nil : $0 }
    guard let first = try await store.jobs(of: run, status: status) else { throw Paddles.Refusal.noSuchPage }
    let root = call.root
    return try await jobList(first) { job, writer in
      let shown = Paddles.Job.Shown(job)
      if let fields { shown.write(fields, root: root, &writer) } else { shown.write(&writer) }
    }
  }

  /// A list of jobs that begins with a chunk.
  func jobList(
    _ first: JobScan.Chunk, head: JSONWriter = JSONWriter(), tail: String = "",
    write: @escaping @Sendable (JobRecord, inout JSONWriter) -> Void
  ) async throws -> Reply {
    let store = store
    let list = ChunkedList((first.jobs, first.rest), head: head, tail: tail, write: write) { scan in
      let chunk = try await store.next(scan)
      return (chunk.jobs, chunk.rest)
    }
    return try await list.reply()
  }
}

extension JobFilter.Condition {
  init(_ condition: Paddles.JobQuery.Condition) {
    switch condition {
    case .description(let text): self = .description(text)
    case .status(let text): self = .status(text)
    case .commit(let text): self = .commit(text)
    case .branch(let text): self = .branch(text)
    case .user(let text): self = .user(text)
    case .after(let time): self = .after(time)
    case .before(let time): self = .before(time)
    }
  }
}
