import Dialects
import Model
import Testing

/// What a run means to paddles.
@Suite struct PaddlesMappingTests {
  private func steps(_ one: Submission?) -> [SubmissionStep] {
    if case .steps(let steps)? = one?.content { steps } else { [] }
  }
  private func body(_ one: Submission?) -> JSONValue? { steps(one).last?.body }

  /// All submissions of a script.
  private func played(_ script: RunScript) -> [Submission] {
    var mapping = PaddlesMapping()
    return script.events.flatMap { mapping.take($0) }
  }

  private let name = "sortie-2026-11-21_00:36:34-functest-master-003634_kqzf-os_nosdn_nofeature_ha-lf_pod1"

  @Test func `a run is a run, and what a domain runs of a tier is a job`() {
    var script = RunScript(
      [
        ("a", "smoke", "base"), ("b", "smoke", "base"), ("c", "vnf", "base"), ("d", "smoke", "py"), ("e", "vnf", "vnf"),
      ], skipped: ["e"])
    script.start("b", on: "n2")
    let said = played(script)
    #expect(said.map(\.title) == ["jobs queued", "job 1 running"])
    #expect(
      steps(said[0]).map { "\($0.verb) \($0.path)" }
        == ["POST /runs/"] + Array(repeating: "POST /runs/\(name)/jobs/", count: 3))
    #expect(steps(said[0])[0].body == .object(["name": .string(name)]))
    let job = steps(said[0])[1].body
    #expect(job["status"] == "queued" && job["job_id"] == "1" && job["description"] == "smoke/base")
    #expect(job["tasks"] == [["case": "a"], ["case": "b"]] && job["targets"] == nil)
    #expect(job["machine_type"] == "lf_pod1" && job["timestamp"] == "2026-11-21_00:36:34")
    let running = steps(said[1])[0]
    #expect(running.verb == "PUT" && running.path == "/runs/\(name)/jobs/1/")
    #expect(running.body["status"] == "running" && running.body["owner"] == "sortie@ci")
    #expect(running.body["targets"] == ["sortie@n2": ""] && running.body["roles"] == [["base"]])
    #expect(said[1].standing == .stage && said[1].cases.isEmpty)
  }

  @Test func `a job that moves to another node stays the same job`() {
    var script = RunScript([("a", "smoke", "base")])
    script.start("a")
    script.end("a", .error)
    script.start("a", on: "n2", 2)
    script.end("a", .pass, on: "n2", 2)
    script.finish("a", .pass, 2)
    script.close()
    let said = played(script)
    #expect(said.map(\.title) == ["jobs queued", "job 1 running", "job 1 running", "job 1 pass"])
    #expect(Set(said.map(\.id)).count == 4)
    #expect(body(said[2])?["targets"] == ["joe@n1": "ssh-ed25519 AAAA", "sortie@n2": ""])
    #expect(body(said[3])?["success"] == true && body(said[3])?["duration"] == 4)
    #expect(said[3].cases.map(\.rawValue) == ["a"] && said[3].standing == .lasting)
  }

  @Test(arguments: [
    ([Verdict.pass, .pass], "pass", nil), ([.pass, .fail], "fail", "c1: why"),
    ([.fail, .error], "fail", "c0: why (and 1 more)"),
    ([.pass, .error], "dead", "c1: why"), ([.error, .error], "dead", "c0: why (and 1 more)"),
    ([.pass, .skip], "pass", nil), ([.skip, .skip], "dead", "c0: gate (and 1 more)"),
    ([.fail, .fail], "fail", "c0: why (and 1 more)"),
  ]) func `a job ends as its cases did`(row: (verdicts: [Verdict], status: String, reason: String?)) {
    var script = RunScript(row.verdicts.indices.map { ("c\($0)", "t", "d") })
    for (index, verdict) in row.verdicts.enumerated() {
      if verdict == .skip {
        script.finish("c\(index)", .skip, reason: "gate", nil)
      } else {
        script.play("c\(index)", verdict, reason: verdict == .pass ? nil : "why")
      }
    }
    let last = body(played(script).last)
    #expect(last?["status"]?.string == row.status)
    #expect(last?["failure_reason"]?.string == (row.status == "pass" ? nil : row.reason))
    #expect(last?["success"]?.bool == (row.status == "dead" ? nil : row.status == "pass"))
  }

  @Test func `what has no verdict at the end of the run is dead`() {
    var script = RunScript([("a", "t", "d"), ("b", "u", "d")])
    script.start("a")
    script.close()
    script.close()
    let said = played(script)
    #expect(said.map(\.title) == ["jobs queued", "job 1 running", "job 1 dead", "job 2 dead"])
    #expect(body(said[2])?["failure_reason"] == "a: no verdict")
  }

  @Test func `a running job gives a sign of life when it was silent for two minutes`() {
    var script = RunScript([("a", "t", "d"), ("b", "u", "d")])
    var mapping = PaddlesMapping()
    for event in script.events { _ = mapping.take(event) }
    func after(_ seconds: Double) -> [String] {
      mapping.tick(RunScript.start.advanced(bySeconds: seconds)).map(\.id.rawValue)
    }
    #expect(after(1000).isEmpty)
    let first = script.events.count
    script.start("a")
    for event in script.events[first...] { _ = mapping.take(event) }
    #expect(after(121.5).isEmpty)
    #expect(after(122) == ["\(run).paddles.job-1.beat-122"])
    #expect(after(123).isEmpty && after(241).isEmpty)
    let beat = mapping.tick(RunScript.start.advanced(bySeconds: 300))
    #expect(beat.map(\.standing) == [.pulse] && body(beat.first) == ["job_id": "1", "name": .string(name)])
    script.end("a", .pass)
    script.finish("a", .pass)
    for event in script.events[(first + 1)...] { _ = mapping.take(event) }
    #expect(after(10_000).isEmpty)
  }

  @Test(arguments: [
    (RunID(rawValue: "20261121-003634-kqzf"), "master-003634_kqzf-os_nosdn_nofeature_ha-lf_pod1"),
    (RunID(rawValue: "my-own run"), "master-my_own_run-os_nosdn_nofeature_ha-lf_pod1"),
  ]) func `names have the form that servers take apart`(row: (run: RunID, end: String)) {
    var mapping = PaddlesMapping()
    let said = RunScript([("a", "smoke", "base")], run: row.run).events.flatMap { mapping.take($0) }
    #expect(said.first?.link == "/runs/sortie-2026-11-21_00:36:34-smoke-\(row.end)/")
    // The longest that can be, in everything that goes into it.
    let long = String(repeating: "x-", count: 300)
    var other = PaddlesMapping()
    let header = Activity.RunStarted(
      run: RunID(rawValue: long), version: "", host: long, arguments: [], pod: long, scenario: long,
      buildTag: "daily-\(String(repeating: "y", count: 999))-1")
    _ = other.take(Event(number: 1, time: RunScript.start, activity: .runStarted(header)))
    let plan = Plan(cases: [PlannedCase(id: .init(rawValue: "c"), definition: .init(name: "c", tier: long), order: 0)])
    let longest = other.take(Event(number: 2, time: RunScript.start, activity: .planned(plan)))
    let name = longest.first?.link.split(separator: "/").last ?? ""
    #expect(name.utf8.count < 400 && name.filter { $0 == "-" }.count == 8)
    #expect((body(longest.first)?["machine_type"]?.string ?? "").utf8.count == 32)
  }

  @Test(arguments: 0..<100) func `every job ends once, as its cases say, and comes before its end`(seed: Int) {
    let (script, truth) = RunScript.random(seed)
    let said = played(script)
    #expect(Set(said.map(\.id)).count == said.count)
    var statuses: [String: [String]] = [:]
    for step in said.flatMap(steps) {
      guard let id = step.body["job_id"]?.string, let status = step.body["status"]?.string else { continue }
      statuses[id, default: []].append(status)
    }
    #expect(statuses.compactMapValues(\.last) == truth.jobs)
    for list in statuses.values {
      #expect(list.first == "queued" && list.dropFirst().dropLast().allSatisfy { $0 == "running" })
      #expect(!(truth.jobs.isEmpty) && list.count >= 2)
    }
    // Whoever makes them again makes the same.
    #expect(played(script) == said)
  }
}
