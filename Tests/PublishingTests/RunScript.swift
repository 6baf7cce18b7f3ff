import Model

/// A run's events, one after the other, for tests: time goes on by a second with each.
struct RunScript {
  static let start = Timestamp(nanoseconds: 1_795_221_394_900_000_000)
  private(set) var events: [Event] = []
  private var count = 0

  init(
    _ cases: [(name: String, tier: String, domain: String)], skipped: Set<String> = [], pod: String? = "lf-pod1",
    run: RunID = run
  ) {
    let nodes = [
      Node(name: "n1", address: .ssh(host: "h1", port: nil, user: "joe"), hostKey: "ssh-ed25519 AAAA"),
      Node(name: "n2", address: .local),
    ]
    add(
      .runStarted(
        .init(
          run: run, version: "0.2", host: "ci", arguments: [], pod: pod, installer: "apex",
          scenario: "os-nosdn-nofeature-ha", buildTag: "jenkins-apex-daily-master-190",
          settings: .init(nodes: nodes, lease: 900, leaseMargin: 15, timeout: 60, policy: Policy()))))
    add(
      .planned(
        Plan(
          cases: cases.enumerated().map { order, one in
            PlannedCase(
              id: CaseID(rawValue: one.name),
              definition: CaseDefinition(name: one.name, tier: one.tier, domain: one.domain),
              disposition: skipped.contains(one.name) ? .skip(reason: "not here") : .run, order: order)
          })))
  }

  /// Seconds of the run so far.
  var now: Timestamp { Self.start.advanced(bySeconds: Double(count)) }

  mutating func add(_ activity: Activity) {
    events.append(Event(number: UInt64(events.count + 1), time: now, activity: activity))
    count += 1
  }

  private static func attempt(_ name: String, _ ordinal: Int) -> AttemptID {
    AttemptID(run: run, case: CaseID(rawValue: name), ordinal: ordinal)
  }

  mutating func start(_ name: String, on node: String = "n1", _ ordinal: Int = 1) {
    add(
      .attemptStarted(
        .init(
          attempt: Self.attempt(name, ordinal), id: CaseID(rawValue: name), node: node, unit: UnitID(rawValue: "u1"),
          fence: UInt64(ordinal), began: now)))
  }

  /// An attempt ends; the case goes on.
  mutating func end(_ name: String, _ verdict: Verdict, on node: String = "n1", _ ordinal: Int = 1) {
    add(
      .attemptFinished(
        .init(
          attempt: Self.attempt(name, ordinal), id: CaseID(rawValue: name), node: node,
          outcome: Outcome(verdict: verdict, started: now, stopped: now))))
  }

  mutating func finish(_ name: String, _ verdict: Verdict, reason: String? = nil, _ ordinal: Int? = 1) {
    add(
      .caseFinished(
        .init(
          id: CaseID(rawValue: name), verdict: verdict, reason: reason, attempt: ordinal.map { Self.attempt(name, $0) },
          attempts: ordinal ?? 0)))
  }

  /// A case runs once, from beginning to end.
  mutating func play(_ name: String, _ verdict: Verdict, on node: String = "n1", reason: String? = nil) {
    start(name, on: node)
    end(name, verdict, on: node)
    finish(name, verdict, reason: reason)
  }

  mutating func close() { add(.runFinished(.init(isCancelled: false, missing: [], duration: Double(count)))) }

  /// What a server of a dialect ends up with.
  struct Truth: Equatable {
    /// paddles: job ids and statuses.
    var jobs: [String: String] = [:]
    /// Avocado: tags and statuses.
    var tests: [String: String] = [:]
    /// Avocado: how often a test began and ended.
    var attempts: [String: Int] = [:]
    /// Avocado: the job's status.
    var job: String?
  }

  /// A run of random cases: errors, retries, other nodes, skips, and at times verdicts that are missing.
  static func random(_ seed: Int) -> (script: RunScript, truth: Truth) {
    var luck = SplitMix(state: UInt64(seed) &+ 12345)
    let tiers = ["healthcheck", "smoke", "vnf"]
    let cases = (0..<Int.random(in: 1...9, using: &luck)).map { number in
      let tier = tiers[Int.random(in: 0..<3, using: &luck)]
      return (name: "c\(number)", tier: tier, domain: Bool.random(using: &luck) ? tier : "base")
    }
    let skipped = Set(cases.map(\.name).filter { _ in Int.random(in: 0..<6, using: &luck) == 0 })
    var script = RunScript(cases, skipped: skipped)
    var truth = Truth()
    var verdicts: [[String]: [Verdict]] = [:]
    var order: [[String]] = []
    for one in cases {
      let kind = [one.tier, one.domain]
      if skipped.contains(one.name) {
        truth.tests[one.name] = "TEST_NA"
        continue
      }
      if !order.contains(kind) { order.append(kind) }
      let verdict: Verdict
      switch Int.random(in: 0..<8, using: &luck) {
      case 0:
        script.finish(one.name, .skip, reason: "gate", nil)
        verdict = .skip
      case 1:
        script.start(one.name)
        verdict = .error
      case 2:
        script.start(one.name)
        script.end(one.name, .error)
        script.start(one.name, on: "n2", 2)
        script.end(one.name, .pass, on: "n2", 2)
        script.finish(one.name, .pass, 2)
        verdict = .pass
        truth.attempts[one.name] = 4
      case let other:
        verdict = [.fail, .error, .pass, .pass, .pass][other - 3]
        script.play(one.name, verdict, on: other % 2 == 0 ? "n1" : "n2")
        truth.attempts[one.name] = 2
      }
      truth.tests[one.name] = ["pass": "PASS", "fail": "FAIL", "error": "ERROR", "skip": "TEST_NA"][verdict.rawValue]
      if verdict == .error, truth.attempts[one.name] == nil { truth.attempts[one.name] = 1 }
      verdicts[kind, default: []].append(verdict)
    }
    script.close()
    for (place, kind) in order.enumerated() {
      let all = verdicts[kind] ?? []
      truth.jobs[String(place + 1)] =
        all.contains(.fail) ? "fail" : all.contains(.error) ? "dead" : all.contains(.pass) ? "pass" : "dead"
    }
    let all = verdicts.values.flatMap(\.self)
    truth.job =
      all.contains(.fail) ? "FAIL" : all.contains(.error) ? "ERROR" : all.contains(.pass) ? "PASS" : "TEST_NA"
    return (script, truth)
  }
}
