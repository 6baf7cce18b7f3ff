import Dialects
import Model
import Testing

@Suite struct PaddlesRuleTests {
  private static let start = Timestamp(nanoseconds: 1_000_000_000)

  @Test(
    arguments: [
      ([:], "empty"), ([.queued: 3], "queued"), ([.queued: 1, .running: 1], "running"),
      ([.running: 1, .waiting: 5], "running"),
      ([.waiting: 1, .fail: 1], "waiting"), ([.waiting: 1, .queued: 1], "waiting"), ([.dead: 2], "finished dead"),
      ([.dead: 1, .pass: 1], "finished fail"), ([.fail: 1, .pass: 9], "finished fail"), ([.fail: 2], "finished fail"),
      ([.fail: 1, .queued: 1], "finished fail"), ([.dead: 1, .queued: 1], "finished fail"),
      ([.pass: 2], "finished pass"),
      ([.pass: 1, .queued: 1], "queued"), ([.pass: 1, .unknown: 1], "unknown"), ([.unknown: 1], "unknown"),
      ([.unknown: 1, .queued: 1], "queued"), ([.unknown: 1, .dead: 1], "finished fail"),
    ] as [([Paddles.JobStatus: Int], String)])
  func whatIsSaidOfARun(_ numbers: [Paddles.JobStatus: Int], _ status: String) {
    var counts = Paddles.RunCounts()
    for (status, number) in numbers { counts[status] = number }
    #expect(counts.status == status)
    #expect(counts.total == numbers.values.reduce(0, +))
    #expect(Paddles.RunCounts(numbers: counts.numbers) == counts)
  }

  /// Status before, what is sent, status after.
  @Test(
    arguments: [
      (nil, "", .unknown), (nil, #""status": "queued""#, .queued), (nil, #""success": true"#, .pass),
      (nil, #""success": false"#, .fail), (nil, #""success": null"#, .unknown),
      (nil, #""status": "queued", "success": true"#, .queued),
      (.queued, "", .queued), (.queued, #""status": "running""#, .running), (.running, #""status": "queued""#, .queued),
      (.running, #""status": "dead""#, .dead), (.dead, #""status": "pass""#, .pass),
      (.pass, #""status": "dead""#, .pass),
      (.fail, #""status": "dead""#, .fail), (.pass, #""status": "running""#, .pass),
      (.fail, #""status": "pass""#, .fail),
      (.pass, #""success": false"#, .fail), (.fail, #""success": true"#, .pass), (.pass, #""success": null"#, .unknown),
      (.fail, #""status": "pass", "success": true"#, .fail), (.running, #""status": "fail", "success": true"#, .fail),
      (.unknown, "", .unknown),
    ] as [(Paddles.JobStatus?, String, Paddles.JobStatus)])
  func statusOfAJob(_ old: Paddles.JobStatus?, _ sent: String, _ new: Paddles.JobStatus) throws {
    var job = state(old)
    _ = job.update(try change(sent), now: Self.start)
    #expect(job.status == new)
    #expect(job.updated == Self.start)
  }

  @Test func aJobStartsFromItsQueue() throws {
    let early = Timestamp(nanoseconds: 5)
    for (old, sent, isStarted) in [
      (nil, "running", true), (.queued, "running", true), (.waiting, "running", false), (.unknown, "running", false),
      (.running, "running", false), (.queued, "waiting", false), (nil, "queued", false), (.pass, "running", false),
    ] as [(Paddles.JobStatus?, String, Bool)] {
      var job = state(old)
      job.started = early
      _ = job.update(try change(#""status": "\#(sent)""#), now: Self.start)
      #expect(job.started == (isStarted ? Self.start : early), "\(String(describing: old)) \(sent)")
    }
  }

  @Test func aPriorityCountsWhileTheJobIsQueued() throws {
    for (old, isKept) in [(nil, true), (.queued, true), (.running, false), (.pass, false)]
      as [(Paddles.JobStatus?, Bool)]
    {
      var job = state(old)
      let values = job.update(try change(#""priority": 5, "status": "queued", "owner": "me""#), now: Self.start)
      #expect((values[.priority] != nil) == isKept)
      #expect(values[.owner] == .string("me"))
    }
  }

  @Test func theClientMayKnowBetterWhenItWasHeardOf() throws {
    var job = state(.running)
    _ = job.update(try change(#""updated": "2013-09-25 23:00:06.25""#), now: Self.start)
    #expect(job.updated.map(Paddles.text) == "2013-09-25 22:00:06.250000")
    #expect(Paddles.text(Self.start) == "1970-01-01 00:00:01")
  }

  @Test func aRunStartsWheneverItGoesToRunning() throws {
    var run = Paddles.Run.State()
    var job = Paddles.Job.State()
    for (second, sent, started) in [
      (1, "queued", nil), (2, "running", 2), (3, "waiting", 2), (4, "running", 2), (5, "queued", 2), (6, "running", 6),
    ] as [(Int64, String, Int64?)] {
      let old = job.status
      let change = try change(#""status": "\#(sent)""#)
      let values = job.update(change, now: Timestamp(nanoseconds: second))
      run.jobChanged("1", from: old, to: job, values)
      #expect(run.started?.nanoseconds == started, "\(second)")
      #expect(run.updated?.nanoseconds == second)
      #expect(run.counts.total == 1)
    }
  }

  @Test func theFirstJobIsTheOneOfTheSmallestText() throws {
    var run = Paddles.Run.State()
    for (id, sha1) in [("20", "a"), ("3", "b"), ("100", "c"), ("20", "d"), ("100", "e")] {
      var job = Paddles.Job.State()
      let values = job.update(try change(#""sha1": "\#(sha1)""#), now: Self.start)
      run.jobChanged(id, from: nil, to: job, values)
    }
    #expect(run.first == Paddles.Run.First(id: "100", sha1: .string("e")))
    run.jobRemoved(.unknown, next: Paddles.Run.First(id: "20", sha1: .string("d")))
    #expect(run.counts.total == 4)
    #expect(run.first?.id == "20")
  }

  private func state(_ status: Paddles.JobStatus?) -> Paddles.Job.State {
    status.map { Paddles.Job.State(status: $0, started: nil, updated: Timestamp(nanoseconds: 0)) }
      ?? Paddles.Job.State()
  }

  private func change(_ members: String) throws -> Paddles.Job.Change {
    try Paddles.Job.Change(Paddles.Fields(Array("{\(members)}".utf8)).members) { _ in 3600 }
  }
}

@Suite struct PaddlesRunNameTests {
  /// A name, and user, time in UTC, suite, branch, machine type.
  @Test(arguments: [
    (
      "teuthology-2013-09-25_23:00:06-rados-master-testing-basic-plana",
      "teuthology|2013-09-25 22:00:06|rados|master|plana"
    ),
    (
      "teuthology-2013-09-25_23:00:06-rados-master-testing-basic-plana-ubuntu",
      "teuthology|2013-09-25 22:00:06|rados|master|plana"
    ),
    (
      "a-b-2014-1-2_3:4:5-upgrade:dumpling-x:stress-split-firefly-distro-basic-vps",
      "a-b|2014-01-02 02:04:05|upgrade:dumpling-x:stress-split|firefly|vps"
    ),
    (
      "u-2014-01-02_03:04:05-rados:thrash-wip-5-6-testing-basic-mira", "u|2014-01-02 02:04:05|rados:thrash|wip-5-6|mira"
    ),
    ("u-2014-01-02_03:04:05-mixed-clients-main-testing-basic-mira", "u|2014-01-02 02:04:05|mixed-clients|main|mira"),
    // Today's machine types are not known: the flavor takes their place.
    ("u-2014-01-02_03:04:05-rados-main-distro-default-smithi", "u|2014-01-02 02:04:05|rados|main-distro|"),
    ("u-2014-01-02_03:04:05-rados-main-distro-default", "u|2014-01-02 02:04:05|rados|main|"),
    // Unknown suites: the last four hyphens count.
    ("u-2014-01-02_03:04:05-my-suite-main-distro-default-smithi", "u|2014-01-02 02:04:05|my-suite|main|"),
    ("u-2014-01-02_03:04:05-crimson-main-distro-default-smithi", "u|2014-01-02 02:04:05|crimson|main|"),
    (
      "x-2013-01-01_00:00:00-u-2014-01-02_03:04:05-rados-main-testing-basic-vps",
      "x-2013-01-01_00:00:00-u|2014-01-02 02:04:05|rados|main|vps"
    ),
    ("-2014-01-02_03:04:05-rados-main-testing-basic-vps", "|2014-01-02 02:04:05|rados|main|vps"),
    ("u-2014-01-02_03:04:05-rados-main-testing", "||||"),
    ("u-2014-13-02_03:04:05-rados-main-testing-basic-vps", "||||"),
    ("u-12014-01-02_03:04:05-rados-main-testing-basic-vps", "||||"), ("2014-01-02_03:04:05-rados-main-a-b-vps", "||||"),
    ("foo", "||||"), ("", "||||"), ("_", "||||"), ("----------", "||||"), ("u-2014-01-02_03:04:05-", "||||"),
    ("u-2014-01-02_03:04:05-rados-main-testing-basic-vps\n", "||||"),
    ("u-0001-01-02_03:04:05-rados-main-a-b-vps", "||||"),
    ("u-2014-01-02_03:04:05-rados", "||||"), ("u-2014-01-02_03:04:05-rados--a-b", "||||"),
  ])
  func parts(_ name: String, _ expected: String) {
    let parts = Paddles.RunName(name) { _ in 3600 }
    let scheduled = parts.scheduled.map(Paddles.text) ?? ""
    #expect([parts.user, scheduled, parts.suite, parts.branch, parts.machineType].joined(separator: "|") == expected)
  }

  @Test func longNamesTakeNoTime() {
    let hostile = String(repeating: "u-2014-01-02_03:04:05-rados-a-", count: 17)
    let clock = ContinuousClock()
    let time = clock.measure { for _ in 0..<100 { _ = Paddles.RunName(hostile) { _ in 0 } } }
    #expect(time < .seconds(10))
  }
}
