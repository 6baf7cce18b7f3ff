import Dialects
import Model
import Publishing
import Testing

@Suite struct VerificationTests {
  private static let server = "http://h/api/v1"
  private static let now = Timestamp(nanoseconds: 1_795_221_400_000_000_000)

  /// A run of a pass, a fail and a skip, with output and an artifact; each test spoils it in one place.
  private static let good: [Activity] = [
    .runStarted(.init(run: run, version: "1", host: "h", arguments: [], pod: "p", buildTag: "t", servers: [server])),
    .planned(
      Plan(cases: [
        PlannedCase(id: id(1), definition: CaseDefinition(name: "c1", tier: "smoke"), order: 0),
        PlannedCase(id: id(2), definition: CaseDefinition(name: "c2", tier: "smoke"), order: 1),
        PlannedCase(
          id: id(3), definition: CaseDefinition(name: "c3", tier: "smoke"), disposition: .skip(reason: "rule"), order: 2
        ),
      ])),
    started(1, fence: 1), .output(.init(attempt: attempt(1), offset: 0, length: 10)),
    .output(.init(attempt: attempt(1), offset: 10, length: 5)),
    .artifact(.init(attempt: attempt(1), path: "a/b", size: 7, isCut: false)), ended(1, .pass), decided(1, .pass),
    started(2, fence: 2), ended(2, .fail), decided(2, .fail),
    .runFinished(.init(isCancelled: false, missing: [], duration: 1)),
    .published(.init(id: id(1), server: server, link: "l")),
  ]

  private static func id(_ number: Int) -> CaseID { CaseID(rawValue: "c\(number)") }
  private static func started(_ number: Int, fence: UInt64) -> Activity {
    .attemptStarted(
      .init(
        attempt: attempt(number), id: id(number), node: "n", unit: UnitID(rawValue: "u"), fence: fence, began: now))
  }
  private static func ended(_ number: Int, _ verdict: Verdict, details: JSONValue? = nil) -> Activity {
    .attemptFinished(
      .init(attempt: attempt(number), id: id(number), node: "n", outcome: outcome(verdict, details: details)))
  }
  private static func decided(_ number: Int, _ verdict: Verdict) -> Activity {
    .caseFinished(.init(id: id(number), verdict: verdict, attempt: attempt(number), attempts: 1))
  }

  private func check(_ activities: [Activity], isAlive: Bool = false) -> JournalCheck {
    var check = JournalCheck()
    for (index, activity) in activities.enumerated() {
      check.take(Event(number: UInt64(index + 1), time: Self.now, activity: activity))
    }
    check.conclude(isAlive: isAlive)
    return check
  }

  private func whole(_ path: String) -> Int64? { ["cases/c1/1.log": 15, "artifacts/c1/1/a/b": 7][path] }

  private func stored(_ number: Int, _ criteria: String, link: String = "l", name: String? = nil) -> StoredResult {
    StoredResult(
      link: link, attempt: attempt(number), name: name ?? "c\(number)",
      project: CaseDefinition(name: "", tier: "").project, criteria: criteria)
  }

  @Test func `a run that agrees with itself has no findings`() {
    let check = check(Self.good)
    #expect(check.findings.all.isEmpty && check.findings.checks > 20)
    #expect(check.files(size: whole).all.isEmpty)
    let results = check.results(
      on: Self.server, stored: [stored(1, "PASS"), stored(2, "FAIL")], waiting: [:], stage: .over)
    #expect(results.all.isEmpty && results.checks == 2)
  }

  struct Spoiled: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var expected: String
    var change: @Sendable (inout [Activity]) -> Void
    init(_ what: String, _ expected: String, _ change: @escaping @Sendable (inout [Activity]) -> Void) {
      testDescription = what
      self.expected = expected
      self.change = change
    }
  }

  @Test(arguments: [
    Spoiled("no plan", "event 2 is") { $0.remove(at: 1) },
    Spoiled("no beginning", "event 1 is") { $0.remove(at: 0) },
    Spoiled("a case without a verdict", "c2 was planned, and has no verdict") { $0.remove(at: 10) },
    Spoiled("two verdicts of a case", "c1 was finished twice") { $0.insert(decided(1, .pass), at: 8) },
    Spoiled("two verdicts of an attempt", "has two verdicts") { $0.insert(ended(1, .fail), at: 7) },
    Spoiled("another verdict than its attempt's", "c1 ended as fail by") { $0[7] = decided(1, .fail) },
    Spoiled("a verdict out of nowhere", "no attempt says so") {
      $0[7] = .caseFinished(.init(id: id(1), verdict: .pass))
    },
    Spoiled("an attempt that nobody knows", "nothing that is known") {
      $0[7] = decided(1, .pass); $0.remove(at: 6)
    },
    Spoiled("an unplanned case", "c9 has a verdict and was never planned") {
      $0.insert(.caseFinished(.init(id: id(9), verdict: .skip)), at: 8)
    },
    Spoiled("a fence that falls", "began with fence 1, after 1") {
      $0.insert(started(1, fence: 1), at: 7)
    },
    Spoiled("a gap in the output", "output of 5 bytes at 11, where 10 comes next") {
      $0[4] = .output(.init(attempt: attempt(1), offset: 11, length: 5))
    },
    Spoiled("output before the beginning", "printed something before it began") { $0.swapAt(2, 3) },
    Spoiled("two ends", "ends the run a second time") { $0.append($0[11]) },
    Spoiled("no end", "ends before the run does") { $0.removeLast(2) },
    Spoiled("nothing", "holds no run") { $0 = [] },
  ]) func `what is wrong with a journal is found`(_ spoiled: Spoiled) {
    var activities = Self.good
    spoiled.change(&activities)
    let all = check(activities).findings.all.map { $0.subject + " " + $0.what }
    #expect(all.contains { $0.contains(spoiled.expected) }, "\(all)")
  }

  @Test func `numbers out of turn are found`() {
    var check = JournalCheck()
    check.take(Event(number: 2, time: Self.now, activity: Self.good[0]))
    #expect(check.findings.all.map(\.what) == ["event 2 stands where 1 should"])
  }

  @Test func `a run that goes on is not blamed for what is not there yet`() {
    let check = check(Array(Self.good.prefix(4)), isAlive: true)
    #expect(check.findings.all.isEmpty)
    // Its log is ahead of the journal.
    #expect(check.files { _ in 12 }.all.isEmpty)
    #expect(check.files { _ in 9 }.all.count == 1)
  }

  @Test func `logs and artifacts are held against the journal`() {
    let check = check(Self.good)
    for (log, artifact) in [(14, 7), (16, 7), (nil, 7), (15, 6), (15, nil)] as [(Int64?, Int64?)] {
      let findings = check.files { $0.hasPrefix("cases/c1") ? log : $0.hasPrefix("artifacts") ? artifact : nil }
      #expect(findings.all.count == 1, "\(findings.all)")
    }
  }

  @Test func `what a server lacks is found, and where it is`() throws {
    let check = check(Self.good)
    func results(_ state: OutboxRow.State?) throws -> [Finding] {
      var waiting: [AttemptID: OutboxRow] = [:]
      if let state {
        var row = OutboxRow(file: "f", state: state)
        row.reason = "503 Busy"
        waiting[attempt(1)] = row
      }
      return check.results(on: Self.server, stored: [stored(2, "FAIL")], waiting: waiting, stage: .over).all
    }
    #expect(try results(nil).map(\.kind) == [.finding])
    #expect(try results(.waits).map(\.kind) == [.pending])
    #expect(try results(.mayHaveArrived).first?.what.contains("503 Busy") == true)
    #expect(try results(.refused).map(\.kind) == [.finding])
    let alive = check.results(on: Self.server, stored: [stored(2, "FAIL")], waiting: [:], stage: .alive)
    #expect(alive.all.map(\.kind) == [.pending])
    let cut = check.results(on: Self.server, stored: [stored(2, "FAIL")], waiting: [:], stage: .cutOff)
    #expect(cut.all.map(\.kind) == [.pending] && cut.all.first?.advice?.contains("resume") == true)
  }

  @Test func `two copies, other verdicts, strangers are found; others' results are not`() {
    let check = check(Self.good)
    let stranger = AttemptID(run: run, case: Self.id(8), ordinal: 1)
    let foreign = AttemptID(rawValue: "20250101-000000-xxxx.c1.1")
    let findings = check.results(
      on: Self.server,
      stored: [
        stored(1, "PASS", link: "http://h/1"), stored(1, "PASS", link: "http://h/2"),
        // The same record, seen by two questions.
        stored(2, "PASS", link: "http://h/3"), stored(2, "PASS", link: "http://h/3"),
        StoredResult(link: "http://h/4", attempt: stranger, name: nil, project: nil, criteria: nil),
        StoredResult(link: "http://h/5", attempt: foreign, name: "c1", project: "x", criteria: "PASS"),
        StoredResult(link: "http://h/6", attempt: nil, name: "c1", project: "x", criteria: "PASS"),
      ], waiting: [:], stage: .over
    ).all
    #expect(findings.count == 3, "\(findings)")
    #expect(findings[0].what == "is there 2 times: http://h/1, http://h/2")
    #expect(findings[1].what.contains("PASS at http://h/3") && findings[1].what.hasSuffix("c2 FAIL"))
    #expect(findings[2].subject == stranger.rawValue)
  }

  @Test func `what cannot be asked for is said, not blamed`() {
    var activities = Self.good
    activities[6] = Self.ended(1, .pass, details: [1, 2])
    let findings = check(activities).results(on: Self.server, stored: [stored(2, "FAIL")], waiting: [:], stage: .over)
    #expect(findings.all.map(\.kind) == [.information])
  }

  @Test(arguments: [false, true]) func `a server is asked for what it holds`(ignoresFilters: Bool) async throws {
    let api = FakeTestAPI()
    api.change { $0.ignoresFilters = ignoresFilters }
    let server = try ScriptedServer { api.answer($0) }
    defer { server.stop() }
    let address = try ServerAddress(parsing: server.base)
    let client = try TestAPIClient(to: address)
    for number in [1, 2, 2] { _ = await client.send(try entry(number, to: address)) }
    let scope = ResultLookup.Scope(
      pod: "lf-pod1", buildTag: "a b", started: Self.now, attempts: [1, 2, 3].map(attempt))
    let (results, isWhole) = try await ResultLookup(address).results(scope)
    #expect(isWhole)
    #expect(Set(results).count == 3)
    #expect(Set(results.map(\.attempt)) == [attempt(1), attempt(2)])
    #expect(results.allSatisfy { $0.criteria == "PASS" && $0.link.hasPrefix(server.base + "/results/") })
    #expect(server.lines("GET").contains { $0.hasSuffix("/results?pod=lf-pod1&build_tag=a%20b") })
  }

  @Test(arguments: [
    ScriptedServer.Action.cut, .answer("500 oops"), .answer("401 no"), .answer("200 OK", body: "<html>"),
    .raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
  ]) func `a server that gives no list is said to give none`(action: ScriptedServer.Action) async throws {
    let server = try ScriptedServer { _ in action }
    defer { server.stop() }
    let lookup = ResultLookup(try ServerAddress(parsing: server.base))
    let scope = ResultLookup.Scope(pod: "p", buildTag: nil, started: Self.now, attempts: [])
    await #expect { try await lookup.results(scope) } throws: { ($0 as? Fault)?.code == .link }
  }

  @Test func `a file is read line by line`() async throws {
    try await withTemporaryFolder { path in
      let address = try ServerAddress(parsing: "file://\(path)/dump.json")
      let dump = try FileDump(to: address)
      for number in [1, 2] { _ = await dump.send(try entry(number, to: address)) }
      let scope = ResultLookup.Scope(pod: "p", buildTag: nil, started: Self.now, attempts: [attempt(1)])
      let found = try await ResultLookup(address).results(scope)
      #expect(found.results.map(\.attempt) == [attempt(1), attempt(2)])
    }
  }
}
