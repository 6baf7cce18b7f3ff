import Dialects
import Model
import Testing

@Suite struct PaddlesQueueConformanceTests {
  private static let since = "2026-11-21 00:36:34.123456"

  @Test func queuesAreAddedListedAndStopped() async throws {
    let idle = #""paused": false, "paused_by": null, "paused_since": null, "paused_until": null}"#
    let paused =
      #""paused": true, "paused_by": "me", "paused_since": "\#(Self.since)", "paused_until": "2026-11-21 00:37:04.623456"}"#
    try await run([
      PaddlesStep("GET", "/queue/", 200, "[]"),
      PaddlesStep("POST", "/queue/", sending: #"{"queue": "smithi"}"#, 200, "{}"),
      PaddlesStep("POST", "/queue", sending: #"{"queue": "multi"}"#, 200, "{}"),
      PaddlesStep("POST", "/queue/", sending: #"{"queue": "smithi"}"#, 400, "Queue smithi already exists"),
      PaddlesStep("GET", "/queue", 200, #"[{"queue": "smithi", \#(idle), {"queue": "multi", \#(idle)]"#),
      PaddlesStep("GET", "/queue/?machine_type=smithi", 200, #"[{"queue": "smithi", \#(idle)]"#),
      PaddlesStep("GET", "/queue/?machine_type=smithi|mira", 200, #"[{"queue": "multi", \#(idle)]"#),
      PaddlesStep("GET", "/queue/?machine_type=nope", 200, "[]"),
      PaddlesStep("DELETE", "/queue/", 200, #"[{"queue": "smithi", …]"#),
      PaddlesStep(
        "PUT", "/queue/", sending: #"{"queue": "smithi", "pause_duration": 30}"#, 400,
        "Cannot pause without specifying paused_by"),
      PaddlesStep(
        "PUT", "/queue", sending: #"{"queue": "smithi", "paused_by": "me", "pause_duration": "30.5"}"#, 200, "{}"),
      PaddlesStep("GET", "/queue/?paused_by=me", 200, #"[{"queue": "smithi", \#(paused)]"#),
      PaddlesStep("GET", "/queue/?paused_by=you", 200, "[]"),
      PaddlesStep(
        "PUT", "/queue/", sending: #"{"queue": "smithi", "paused_by": "you", "pause_duration": 1}"#, 403,
        "Cannot pause an already-paused queue"),
      PaddlesStep("GET", "/queue/?machine_type=smithi", 200, #"[{"queue": "smithi", \#(paused)]"#),
      PaddlesStep("PUT", "/queue/", sending: #"{"queue": "smithi", "paused_until": null}"#, 200, "{}"),
      PaddlesStep("GET", "/queue/?machine_type=smithi", 200, #"[{"queue": "smithi", "paused": false, …}]"#),
      PaddlesStep(
        "PUT", "/queue/", sending: #"{"queue": "smithi", "paused_by": "you", "pause_duration": 1e999}"#, 200, "{}"),
      PaddlesStep("GET", "/queue/?machine_type=smithi", 200, #"[{…"paused": true, …"paused_until": "2262-…"}]"#),
      PaddlesStep(
        "POST", "/queue/", sending: #"{"queue": "born", "paused_by": "me", "pause_duration": 1}"#, 200, "{}"),
      PaddlesStep(
        "GET", "/queue/?machine_type=born", 200, #"[{"queue": "born", "paused": true, "paused_by": "me", …}]"#),
    ])
  }

  @Test func whatABodyMustBe() async throws {
    try await run(
      ["POST", "PUT"].flatMap { verb in
        [
          PaddlesStep(verb, "/queue/", 400, "could not decode JSON body"),
          PaddlesStep(verb, "/queue/", sending: "[]", 400, "could not decode JSON body"),
          PaddlesStep(verb, "/queue/", sending: "{}", 400, "could not find required key: 'queue'"),
          PaddlesStep(verb, "/queue/", sending: #"{"queue": ""}"#, 400, "could not find required key: 'queue'"),
          PaddlesStep(verb, "/queue/", sending: #"{"queue": [1]}"#, 400, "'queue' must be a string"),
          PaddlesStep(
            verb, "/queue/", sending: #"{"queue": "q", "paused_by": "me", "pause_duration": "long"}"#, 400,
            "'pause_duration' must be a number"),
          PaddlesStep(
            verb, "/queue/", sending: #"{"queue": "q", "paused_until": "soon"}"#, 400,
            "'paused_until' must be a time: YYYY-MM-DD HH:MM:SS"),
        ]
      } + [
        PaddlesStep("PUT", "/queue/", sending: #"{"queue": "nope"}"#, 400, "specified queue does not exist"),
        PaddlesStep("GET", "/queue/nothing/", 404, "<html>…"),
        PaddlesStep("GET", "/queue/stats/more", 404, "<html>…"),
      ])
  }

  private static func job(_ run: String, _ id: String, _ more: String) -> PaddlesStep {
    PaddlesStep(
      "POST", "/runs/\(run)/jobs/", sending: #"{"job_id": "\#(id)", "queue": "smithi", "status": "queued"\#(more)}"#,
      200,
      #"{"job_id": "\#(id)"}"#)
  }

  @Test func jobsWaitInQueues() async throws {
    let none = "specified queue does not exist"
    let missing = "could not find required key: 'queue'"
    let paused = #""paused_by": "me", "paused_since": "\#(Self.since)", "paused_until": "2026-11-21 00:37:34.123456"}"#
    try await run([
      PaddlesStep("GET", "/queue/pop_queue?queue=smithi", 200, "null"),
      PaddlesStep("GET", "/queue/stats/?queue=smithi", 400, none),
      PaddlesStep("POST", "/queue/queued_jobs/", sending: #"{"queue": "smithi"}"#, 400, none),
      PaddlesStep("POST", "/queue/", sending: #"{"queue": "smithi"}"#, 200, "{}"),
      PaddlesStep("GET", "/queue/pop_queue/?queue=smithi", 200, "null"),
      Self.job("r1", "nobody", ""),
      PaddlesStep("GET", "/queue/pop_queue?queue=smithi", 200, #"{…"job_id": "nobody", …}"#),
      Self.job("r1", "late", #", "priority": 101, "user": "ann""#),
      Self.job("r1", "first", #", "priority": 75, "user": "bob""#),
      Self.job("r2", "second", #", "priority": 75, "user": "ann""#),
      PaddlesStep(
        "POST", "/runs/r2/jobs/", sending: #"{"job_id": "other", "queue": "mira", "status": "queued", "priority": 1}"#,
        200),
      PaddlesStep(
        "POST", "/runs/r2/jobs/", sending: #"{"job_id": "done", "queue": "smithi", "status": "pass", "priority": 1}"#,
        200),
      PaddlesStep("GET", "/queue/pop_queue?queue=smithi", 200, #"{"log_href": "…"job_id": "first", …"updated": "…"}"#),
      PaddlesStep("POST", "/queue/pop_queue/", sending: #"{"queue": "smithi"}"#, 200, #"{…"job_id": "first", …}"#),
      PaddlesStep("GET", "/queue/pop_queue?queue=mira", 200, "null"),
      PaddlesStep("GET", "/queue/pop_queue", 400, missing),
      PaddlesStep("GET", "/queue/stats?queue=smithi", 200, #"{"queue": "smithi", "queued_jobs": 4, "paused": false}"#),
      PaddlesStep(
        "POST", "/queue/stats/", sending: #"{"queue": "smithi"}"#, 200,
        #"{"queue": "smithi", "queued_jobs": 4, "paused": false}"#),
      PaddlesStep("POST", "/queue/stats/", sending: "nonsense", 400, missing),
      PaddlesStep("POST", "/queue/stats/", sending: #"{"queue": null}"#, 400, missing),
      PaddlesStep("GET", "/queue/stats/", 400, missing),
      PaddlesStep(
        "POST", "/queue/queued_jobs/", sending: #"{"queue": "smithi"}"#, 200,
        #"[{…"job_id": "second", …}, {…"job_id": "first", …}, {…"job_id": "late", …}, {…"job_id": "nobody", …}]"#),
      PaddlesStep(
        "POST", "/queue/queued_jobs/?user=ann", sending: #"{"queue": "smithi"}"#, 200,
        #"[{…"job_id": "second", …}, {…"job_id": "late", …}]"#),
      PaddlesStep(
        "POST", "/queue/queued_jobs?run_name=r2", sending: #"{"queue": "smithi"}"#, 200,
        #"[{…"job_id": "other", …}, {…"job_id": "second", …}]"#),
      PaddlesStep("POST", "/queue/queued_jobs/?run_name=nope", sending: #"{"queue": "smithi"}"#, 200, "[]"),
      PaddlesStep("POST", "/queue/queued_jobs/", 400, missing),
      PaddlesStep("PUT", "/runs/r1/jobs/first/", sending: #"{"status": "running"}"#, 200),
      PaddlesStep("GET", "/queue/pop_queue?queue=smithi", 200, #"{…"job_id": "second", …}"#),
      PaddlesStep(
        "PUT", "/queue/", sending: #"{"queue": "smithi", "paused_by": "me", "pause_duration": 60}"#, 200),
      PaddlesStep("GET", "/queue/pop_queue?queue=smithi", 503, "queue is paused, cannot retrieve job"),
      PaddlesStep(
        "GET", "/queue/stats?queue=smithi", 200,
        #"{"queue": "smithi", "queued_jobs": 3, "paused": true, \#(paused)"#),
    ])
  }

  @Test func aFormIsReadWhereABodyIs() async throws {
    try await TestServer.run { server in
      try await PaddlesStep("POST", "/queue/", sending: #"{"queue": "a b"}"#, 200).check(server)
      let body = "queue=a+b"
      let head =
        "POST /paddles/queue/stats HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n"
      let answer = try await server.connect().exchange(Array((head + body).utf8))
      #expect(answer.text == #"{"queue": "a b", "queued_jobs": 0, "paused": false}"#)
    }
  }

  @Test func errorsHavePages() async throws {
    try await run([
      PaddlesStep("GET", "/errors/invalid/", 400, "invalid request"),
      PaddlesStep("GET", "/errors/forbidden/", 403, "forbidden"),
      PaddlesStep("GET", "/errors/not_found", 404, "resource was not found"),
      PaddlesStep("POST", "/errors/unavailable/", 503, "service unavailable"),
      PaddlesStep("GET", "/errors/invalid/?error_message=a%20%22b%22", 400, #"a \"b\""#),
      PaddlesStep("GET", "/errors/nothing/", 404, "<html>…"),
      PaddlesStep("GET", "/errors/", 404, "<html>…"),
    ])
  }

  @Test func aPauseEndsByItself() throws {
    let start = Timestamp(nanoseconds: 0)
    let asked = try Paddles.QueueUpdate(
      Paddles.Fields(Array(#"{"queue": "q", "paused_by": "me", "pause_duration": 10}"#.utf8)))
    var queue = Paddles.Queue(name: "q")
    try queue.update(asked, now: start)
    #expect(queue.isPaused(at: start.advanced(bySeconds: 10)))
    #expect(throws: Paddles.Refusal.forbidden("Cannot pause an already-paused queue")) {
      try queue.update(asked, now: start.advanced(bySeconds: 10))
    }
    let later = start.advanced(bySeconds: 10.5)
    #expect(!queue.isPaused(at: later))
    try queue.update(asked, now: later)
    #expect(queue.pausedUntil == later.advanced(bySeconds: 10))
  }
}
