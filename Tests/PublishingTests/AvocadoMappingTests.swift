import Dialects
import Model
import Testing

/// What a run means to an Avocado server.
@Suite struct AvocadoMappingTests {
  private func mapping() -> AvocadoMapping {
    AvocadoMapping { id, attempt in "cases/\(id)/\(attempt.ordinal ?? 0).log" }
  }
  private func steps(_ one: Submission?) -> [SubmissionStep] {
    if case .steps(let steps)? = one?.content { steps } else { [] }
  }
  private func played(_ script: RunScript) -> [Submission] {
    var mapping = mapping()
    return script.events.flatMap { mapping.take($0) }
  }

  @Test func `a run is a job, with an id that every process finds`() {
    let said = played(RunScript([("a", "smoke", "base")]))
    #expect(said.map(\.title) == ["job"])
    let make = steps(said[0])[0]
    let id = make.body["id"]?.string ?? ""
    #expect(
      id.utf8.count == 40 && id.allSatisfy(\.isHexDigit) && id == String(SHA256.hex(Array("\(run)".utf8)).prefix(40)))
    #expect(make.verb == "POST" && make.path == "/jobs/" && make.body["status"] == "RUNNING")
    #expect(
      make.body["description"]?.string
        == "sortie \(run) lf-pod1 apex os-nosdn-nofeature-ha jenkins-apex-daily-master-190")
    #expect(steps(said[0])[1].path == "/jobs/\(id)/activities/")
    #expect(steps(said[0])[1].body == ["activity": "JOB_STARTED", "time": "2026-11-21T00:36:34.900000Z"])
  }

  @Test func `a case is a test with its attempts, made with its verdict; until then the job tells of it`() {
    var script = RunScript([("a", "smoke", "base")])
    script.start("a")
    script.end("a", .error)
    script.start("a", on: "n2", 2)
    script.end("a", .fail, on: "n2", 2)
    script.finish("a", .fail, reason: "größer", 2)
    let said = played(script)
    #expect(said.map(\.title) == ["job", "TEST_STARTED a", "TEST_STARTED a", "a"])
    #expect(said.map(\.standing) == [.lasting, .stage, .stage, .lasting])
    #expect(Set(said.dropFirst().map(\.subject)) == ["test a"])
    let test = steps(said[3])
    #expect(test[0].body == ["tag": "a", "status": "FAIL"] && test[0].path.hasSuffix("/tests/"))
    #expect(said[3].cases.map(\.rawValue) == ["a"])
    let nested = test.dropFirst().dropLast()
    #expect(nested.allSatisfy { $0.path.contains("/tests/{test}/") && $0.test?.members["tag"] == "a" })
    #expect(
      nested.prefix(4).map { "\($0.body["activity"]?.string ?? "") \($0.body["status"]?.string ?? "-")" }
        == ["TEST_STARTED -", "TEST_ENDED ERROR", "TEST_STARTED -", "TEST_ENDED FAIL"])
    let data = nested.dropFirst(4).map { "\($0.body["key"]?.string ?? "")=\($0.body["value"]?.string ?? "")" }
    #expect(
      data == [
        "attempt=\(run).a.2", "node=n2", "log=cases/a/2.log", "verdict=fail", "reason=gr\\u{f6}\\u{df}er",
      ])
    #expect(test.last?.body["activity"] == "TEST_ENDED a FAIL")
    // Everything but the last step of a job can be asked for.
    #expect(test.allSatisfy { $0.question != nil })
  }

  @Test(arguments: [
    ([Verdict.pass, .pass], "PASS"), ([.pass, .fail], "FAIL"), ([.error, .fail], "FAIL"), ([.pass, .error], "ERROR"),
    ([.pass, .skip], "PASS"), ([.skip], "TEST_NA"), ([], "ERROR"),
  ]) func `a job ends as its tests did, and without a verdict in error`(row: (verdicts: [Verdict], status: String)) {
    var script = RunScript((0..<max(1, row.verdicts.count)).map { ("c\($0)", "t", "d") })
    for (index, verdict) in row.verdicts.enumerated() { script.play("c\(index)", verdict) }
    script.close()
    let last = steps(played(script).last)
    #expect(last.map(\.verb) == ["POST", "PATCH"])
    #expect(last[0].body["activity"] == "JOB_ENDED" && last[1].body["status"]?.string == row.status)
    #expect((last[1].body["elapsed_time"]?.number ?? 0) > 0)
  }

  @Test func `what the plan skips is a test, too`() {
    let said = played(RunScript([("a", "t", "d"), ("b", "t", "d")], skipped: ["b"]))
    #expect(said.map(\.title) == ["job", "b"])
    #expect(steps(said[1])[0].body["status"] == "TEST_NA")
    #expect(steps(said[1]).contains { $0.body["key"] == "reason" && $0.body["value"] == "not here" })
  }

  @Test func `what happens on the way is told as it happens`() {
    var script = RunScript([("a", "t", "d")])
    script.add(.unitLeased(.init(unit: .init(rawValue: "u1"), tier: "t", domain: "d", node: "n1", attempts: [])))
    script.add(.nodeLost(.init(node: "n1", reason: "gone")))
    script.add(.runResumed(.init(version: "1", host: "h")))
    script.add(.cancelRequested(.init(by: "stop", now: false)))
    #expect(
      played(script).dropFirst().map(\.title) == [
        "UNIT_LEASED u1 t/d n1", "NODE_LOST n1", "RESUMED", "CANCELLED by stop",
      ])
  }

  @Test(arguments: 0..<100) func `every case is one test, as it ended`(seed: Int) {
    let (script, truth) = RunScript.random(seed)
    let said = played(script)
    #expect(Set(said.map(\.id)).count == said.count)
    var tests: [String: String] = [:]
    for step in said.flatMap(steps) where step.path.hasSuffix("/tests/") {
      #expect(tests.updateValue(step.body["status"]?.string ?? "", forKey: step.body["tag"]?.string ?? "") == nil)
    }
    #expect(tests == truth.tests)
    #expect(steps(said.last).last?.body["status"]?.string == truth.job)
    #expect(played(script) == said)
  }
}
