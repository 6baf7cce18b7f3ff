import Dialects
import Model
import Store

extension Paddles.Run {
  /// A run as it is kept.
  init(_ run: RunRecord) {
    var state = State(suite: run.suite, branch: run.branch, machineType: run.machineType)
    state.counts = Paddles.RunCounts(numbers: run.counts)
    state.started = run.started
    state.updated = run.updated
    state.first = run.first.map { First($0) }
    self.init(name: run.name, user: run.user, scheduled: run.scheduled, posted: run.posted, state: state)
  }
}

extension Paddles.Run.First {
  /// The first job as it is kept.
  init(_ first: RunRecord.First) {
    self.init(id: first.id, sha1: SentValue(first.sha1), flavor: SentValue(first.flavor), priority: first.priority)
  }
}

extension RunRecord {
  /// A run as it is to be kept.
  init(_ run: Paddles.Run) {
    self.init(name: run.name, user: run.user, scheduled: run.scheduled, posted: run.posted)
    status = run.state.status
    suite = run.state.suite
    branch = run.state.branch
    machineType = run.state.machineType
    started = run.state.started
    updated = run.state.updated
    counts = run.state.counts.numbers
    first = run.state.first.map { first in
      First(
        id: first.id, sha1: StoredValue(first.sha1), flavor: StoredValue(first.flavor), priority: first.priority)
    }
  }
}

extension Paddles.Job.Shown {
  /// A job as it is kept; its columns are in the order of the wire.
  init(_ job: JobRecord) {
    self.init(
      key: job.key, runKey: job.runKey, run: job.run, values: job.values.map { SentValue($0) }, posted: job.posted,
      started: job.started, updated: job.updated)
  }
}

extension JobWrite {
  /// What rules make of a run and one of its jobs when something is sent about it.
  /// - Parameters:
  ///   - state: the job as it is; nil: it is new.
  ///   - change: what is sent.
  init(_ run: RunRecord, _ id: String, _ state: JobRecord.State?, _ change: Paddles.Job.Change, now: Timestamp) {
    var job = Paddles.Job.State()
    if let state {
      job = Paddles.Job.State(
        status: Paddles.JobStatus(rawValue: state.status) ?? .unknown, started: state.started, updated: state.updated)
    }
    let old = job.status
    let values = job.update(change, now: now)
    var run = Paddles.Run(run)
    run.state.jobChanged(id, from: old, to: job, values)
    let columns = values.compactMap { key, value in
      JobRecord.Column(rawValue: key.rawValue).map { ($0, StoredValue(value)) }
    }
    self.init(
      run: RunRecord(run), status: (job.status ?? .unknown).rawValue, started: job.started, updated: job.updated ?? now,
      values: Dictionary(uniqueKeysWithValues: columns), hosts: change.hosts ?? [])
  }
}
