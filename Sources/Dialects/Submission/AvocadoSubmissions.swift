import Model

/// The words in which an Avocado server is told of a run.
struct AvocadoSubmissions: Sendable {
  private let run: RunID
  /// Forty hexadecimal digits, made from the run's id, so that every process finds the same.
  let id: String

  init(_ run: RunID) {
    self.run = run
    id = String(SHA256.hex(Array(run.rawValue.utf8)).prefix(40))
  }

  private var path: String { "/jobs/\(id)/" }
  private func name(_ what: String) -> SubmissionID { .init(rawValue: "\(run).avocado.\(what)") }
  func subject(of id: CaseID) -> String { "test \(id)" }

  func begin(_ header: Activity.RunStarted, at time: Timestamp) -> Submission {
    let place = [header.pod, header.installer, header.scenario, header.buildTag].compactMap(\.self)
    let description = (["sortie \(run)"] + place).joined(separator: " ")
    let make = SubmissionStep(
      "POST", "/jobs/",
      .object([
        "id": .string(id), "description": .string(String(description.prefix(255))),
        "status": .string(Avocado.JobStatus.running.name), "elapsed_time": .number(0),
      ]), question: .init(path, ["id": .string(id)]))
    return Submission(
      name("job"), title: "job", link: path, .steps([make, activity("JOB_STARTED", at: time)]))
  }

  /// An activity of the job.
  func note(_ text: String, at time: Timestamp, number: UInt64, subject: String) -> Submission {
    Submission(
      name("activity-\(number)"), title: text, subject: subject, standing: .stage, link: path,
      .steps([activity(text, at: time)]))
  }

  /// A case that has its verdict, with its attempts.
  func test(
    _ end: Activity.CaseFinished, _ attempts: [AttemptNotes.Note], at time: Timestamp,
    log: (CaseID, AttemptID) -> String?
  ) -> Submission {
    let tag = JSONValue.string(end.id.rawValue)
    let status = Avocado.TestStatus(end.verdict)
    let tests = path + "tests/"
    let members: [String: JSONValue] = ["job": .string(id), "tag": tag]
    var steps = [
      SubmissionStep(
        "POST", tests, .object(["tag": tag, "status": .string(status.name)]),
        question: .init(tests, members.merging(["status": .string(status.name)]) { $1 }, isPaged: true))
    ]
    func detail(_ kind: String, _ body: [String: JSONValue], _ asked: [String: JSONValue]) {
      let place = tests + SubmissionStep.testPlace + "/\(kind)/"
      steps.append(
        SubmissionStep(
          "POST", place, .object(body), question: .init(place, asked, isPaged: true),
          test: .init(tests, members, isPaged: true)))
    }
    func activity(_ name: String, _ time: Timestamp, _ status: Avocado.TestStatus?) {
      let body: [String: JSONValue] = [
        "activity": .string(name), "time": .string(Avocado.DateTime(time).text),
        "status": status.map { .string($0.name) } ?? .null,
      ]
      detail("activities", body, body)
    }
    for note in attempts {
      if let began = note.began { activity("TEST_STARTED", began, nil) }
      if let outcome = note.outcome { activity("TEST_ENDED", outcome.stopped, Avocado.TestStatus(outcome.verdict)) }
    }
    let decided = attempts.first { $0.attempt == end.attempt } ?? attempts.last
    let data: [(key: String, value: String?)] = [
      ("attempt", decided?.attempt.rawValue), ("node", decided?.node),
      ("log", decided.flatMap { log(end.id, $0.attempt) }), ("verdict", end.verdict.rawValue),
      ("reason", end.reason),
    ]
    for case (let key, let value?) in data {
      let place: [String: JSONValue] = ["category": "sortie", "key": .string(key)]
      detail("data", place.merging(["value": .string(plain(value))]) { $1 }, place)
    }
    steps.append(self.activity("TEST_ENDED \(end.id) \(status.name)", at: time))
    return Submission(
      name("test.\(end.id)"), title: end.id.rawValue, cases: [end.id], subject: subject(of: end.id),
      link: tests + SubmissionStep.testPlace + "/", .steps(steps))
  }

  func end(_ status: Avocado.JobStatus, _ duration: Double, at time: Timestamp) -> Submission {
    let word = JSONValue.string(status.name)
    let elapsed = JSONValue.number(duration.isFinite ? (duration * 1000).rounded() / 1000 : 0)
    return Submission(
      name("end"), title: "job \(status.name)", subject: "job", link: path,
      .steps([
        activity("JOB_ENDED", at: time),
        SubmissionStep(
          "PATCH", path, .object(["status": word, "elapsed_time": elapsed]), question: .init(path, ["status": word])),
      ]))
  }

  private func activity(_ text: String, at time: Timestamp) -> SubmissionStep {
    let members: [String: JSONValue] = ["activity": .string(text), "time": .string(Avocado.DateTime(time).text)]
    let list = path + "activities/"
    return SubmissionStep(
      "POST", list, .object(members), question: .init(list, members.merging(["job": .string(id)]) { $1 }, isPaged: true)
    )
  }

  /// Printable ASCII: servers of the time fail at anything else in test data.
  private func plain(_ text: String) -> String {
    var output = ""
    for scalar in text.unicodeScalars.prefix(4096) {
      output += (" "..."~").contains(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }
    return output
  }
}

extension Avocado.TestStatus {
  /// What a verdict is called there.
  init(_ verdict: Verdict) {
    switch verdict {
    case .pass: self = .pass
    case .fail: self = .fail
    case .error: self = .error
    case .skip: self = .testNA
    }
  }
}
