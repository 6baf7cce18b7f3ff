import Model

/// What one domain runs of one tier, as a paddles job.
struct PaddlesUnit: Sendable {
  private let number: Int
  private let tier: String
  private let domain: String
  private let run: RunID
  private let name: PaddlesRunName
  private let started: Timestamp
  private var cases: [CaseID] = []
  private var open: Set<CaseID> = []
  private var nodes: [String] = []
  private var began: Timestamp?
  private var latest: Timestamp?
  private var passed = 0
  private var failed: [String] = []
  private var errors: [String] = []
  private var skips: [String] = []
  /// How many of the skips a rule decided, so that nothing was run.
  private var withheld = 0
  private var isOver = false
  /// When a running job last gave news; nil: it does not run.
  var heard: Timestamp?

  init(number: Int, tier: String, domain: String, run: RunID, name: PaddlesRunName, started: Timestamp) {
    self.number = number
    self.tier = tier
    self.domain = domain
    self.run = run
    self.name = name
    self.started = started
  }

  mutating func plan(_ one: PlannedCase) {
    cases.append(one.id)
    open.insert(one.id)
  }

  /// A case begins on a node; true if there is something to say about that.
  mutating func begin(on node: String, at time: Timestamp) -> Bool {
    guard !isOver, !nodes.contains(node) else { return false }
    nodes.append(node)
    began = began ?? time
    heard = time
    return true
  }

  /// A case has its verdict; true if it was the last one.
  mutating func finish(_ end: Activity.CaseFinished, _ outcome: Outcome?, at time: Timestamp) -> Bool {
    guard open.remove(end.id) != nil else { return false }
    latest = time
    let text = end.reason.map { "\(end.id): \($0)" } ?? end.id.rawValue
    switch end.verdict {
    case .pass: passed += 1
    case .fail: failed.append(text)
    case .error: errors.append(text)
    case .skip:
      skips.append(text)
      if end.attempt == nil { withheld += 1 }
    }
    return open.isEmpty
  }

  /// Ends the job, whether or not all of its cases have a verdict; false if it had ended.
  mutating func end(at time: Timestamp?) -> Bool {
    guard !isOver else { return false }
    isOver = true
    heard = nil
    latest = time ?? latest
    errors += cases.filter(open.contains).map { "\($0): no verdict" }
    return true
  }

  /// What came of it: `dead` where the infrastructure failed or nothing was run, never `fail`.
  private var status: Paddles.JobStatus {
    if !failed.isEmpty { return .fail }
    if !errors.isEmpty { return .dead }
    return passed == 0 && withheld > 0 ? .dead : .pass
  }

  private var reason: String? {
    let reasons = failed + errors + (status == .dead && errors.isEmpty ? skips : [])
    guard let first = reasons.first else { return nil }
    return reasons.count == 1 ? first : "\(first) (and \(reasons.count - 1) more)"
  }

  // MARK: Words for paddles

  private var path: String { "/runs/\(name.text)/jobs/\(number)/" }
  private var collection: String { "/runs/\(name.text)/jobs/" }
  private var subject: String { "job \(number)" }
  private func id(_ what: String) -> SubmissionID { .init(rawValue: "\(run).paddles.job-\(number).\(what)") }

  /// What holds of the job at any time. Each write carries it, so that a job that somebody deleted can be made anew.
  private func members(_ header: Activity.RunStarted) -> [String: JSONValue] {
    let owner = "\(PaddlesRunName.user)@\(header.host)"
    var members: [String: JSONValue] = [
      "job_id": .string(String(number)), "name": .string(name.text),
      "description": .string("\(tier)/\(domain)"), "suite": .string(name.suite), "branch": .string(name.branch),
      "flavor": .string(name.flavor), "machine_type": .string(name.machineType),
      "owner": .string(String(owner.prefix(128))), "user": .string(PaddlesRunName.user),
      "tasks": .array(cases.map { .object(["case": .string($0.rawValue)]) }),
      "timestamp": .string(started.spaced.replacing(" ", with: "_")),
    ]
    guard !nodes.isEmpty else { return members }
    var targets: [String: JSONValue] = [:]
    for node in nodes {
      let known = header.settings?.nodes.first { $0.name == node }
      var user = PaddlesRunName.user
      if case .ssh(_, _, let name?)? = known?.address { user = name }
      targets["\(user)@\(node)"] = .string(known?.hostKey ?? "")
    }
    members["targets"] = .object(targets)
    members["roles"] = .array(nodes.map { _ in .array([.string(domain)]) })
    return members
  }

  private func put(_ members: [String: JSONValue], status: Paddles.JobStatus) -> SubmissionStep {
    let word = JSONValue.string(status.rawValue)
    return SubmissionStep(
      "PUT", path, .object(members.merging(["status": word]) { $1 }), question: .init(path, ["status": word]),
      collection: collection)
  }

  func queued(_ header: Activity.RunStarted) -> SubmissionStep {
    let members = members(header).merging(["status": .string(Paddles.JobStatus.queued.rawValue)]) { $1 }
    return SubmissionStep(
      "POST", collection, .object(members), question: .init(path, ["job_id": .string(String(number))]))
  }

  func running(_ header: Activity.RunStarted, at time: Timestamp) -> Submission {
    let isFirst = nodes.count == 1
    return Submission(
      id(isFirst ? "running" : "running-\(nodes.count)"), title: "\(subject) running", subject: subject,
      standing: .stage, link: path, .steps([put(members(header), status: .running)]))
  }

  func heartbeat(_ number: Int64) -> Submission {
    let body: JSONValue = .object(["job_id": .string(String(self.number)), "name": .string(name.text)])
    return Submission(
      id("beat-\(number)"), title: "\(subject) lives", subject: subject, standing: .pulse, link: path,
      .steps([SubmissionStep("PUT", path, body)]))
  }

  func ended(_ header: Activity.RunStarted) -> Submission {
    var members = members(header)
    if status != .dead { members["success"] = .bool(status == .pass) }
    if let began, let latest { members["duration"] = .integer(Int64(max(0, latest.seconds(since: began)).rounded())) }
    if let reason { members["failure_reason"] = .string(reason) }
    return Submission(
      id("end"), title: "\(subject) \(status.rawValue)", cases: cases, subject: subject, link: path,
      .steps([put(members, status: status)]))
  }
}
