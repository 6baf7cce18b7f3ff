import Dialects
import Store

// Rows as they are kept, as the wire shows them.

extension Avocado.Job {
  init(_ job: AvocadoJob) {
    self.init(
      id: job.id, description: job.description, time: Avocado.DateTime(job.time), elapsed: job.elapsed,
      status: Avocado.JobStatus(rawValue: job.status) ?? .noStatus)
  }
}

extension Avocado.JobActivity {
  init(_ owned: AvocadoOwned<String, AvocadoActivity>) {
    self.init(
      job: owned.owner, activity: owned.row.activity, time: Avocado.DateTime(microseconds: owned.row.time))
  }
}

extension Avocado.Test {
  init(_ test: AvocadoTest) {
    self.init(
      key: test.key, job: test.job, tag: test.tag, status: test.status.flatMap { Avocado.TestStatus(rawValue: $0) })
  }
}

extension Avocado.TestActivity {
  init(_ owned: AvocadoOwned<Int64, AvocadoActivity>) {
    self.init(
      test: owned.owner, activity: owned.row.activity, time: Avocado.DateTime(microseconds: owned.row.time),
      status: owned.row.status.flatMap { Avocado.TestStatus(rawValue: $0) })
  }
}

extension Avocado.TestData {
  init(_ owned: AvocadoOwned<Int64, AvocadoDatum>) {
    self.init(test: owned.owner, category: owned.row.category, key: owned.row.name, value: owned.row.value)
  }
}

extension Avocado.Summary {
  init(_ summary: AvocadoSummary) {
    self.init(passed: summary.passed, failed: summary.failed, other: summary.other)
  }
}

extension AvocadoActivity {
  init(_ draft: Avocado.ActivityDraft) {
    self.init(activity: draft.activity, time: draft.time.microseconds, status: draft.status?.rawValue)
  }
}

extension AvocadoCall {
  /// A page of a list as it is answered.
  func answer<Row, Shown: Avocado.Record>(_ found: AvocadoPage<Row>, _ show: (Row) -> Shown) throws -> AvocadoReply {
    let (page, next, previous) = try page(of: found.total)
    return AvocadoReply(Avocado.page(page, next: next, previous: previous, found.rows.map(show)))
  }
}

extension AvocadoReply {
  /// What was answered to a POST, now or before.
  init(_ answer: AvocadoAnswer) { self.init(answer.body, status: answer.status) }
}

extension AvocadoAnswer {
  /// 200 with what was added.
  static func added(_ addition: Avocado.Addition) -> AvocadoAnswer {
    AvocadoAnswer(status: 200, body: Avocado.added(addition))
  }
}
