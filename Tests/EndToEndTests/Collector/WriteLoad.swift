import Synchronization
import Testing

/// Clients that write to a collection API in all dialects at once, and remember what they were promised.
final class WriteLoad: Sendable {
  private struct Notes {
    /// What an answer of 2xx promised: where to look, and what must stand there.
    var promises: [String: String] = [:]
    /// What was answered otherwise.
    var refusals: [String] = []
    var answers = 0
  }

  private let port: Int
  private let notes = Mutex(Notes())
  private let isOver = Atomic(false)
  private let progress: AsyncStream<Int>
  private let report: AsyncStream<Int>.Continuation

  init(_ port: Int) {
    self.port = port
    (progress, report) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// What was promised so far.
  var promises: [String: String] { notes.withLock { $0.promises } }
  /// What was answered that was no 2xx.
  var refusals: [String] { notes.withLock { $0.refusals } }

  /// Writes until the server goes away or somebody stops it.
  func run(clients: Int = 16) async throws {
    try await prepare()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for client in 0..<clients { group.addTask { try await onThread { try self.write(as: client) } } }
      try await group.waitForAll()
    }
    report.finish()
  }

  /// Waits until so many writes were answered.
  func answered(_ count: Int) async { for await answers in progress where answers >= count { return } }

  /// Ends it after the requests that are on their way.
  func stop() { isOver.store(true, ordering: .relaxed) }

  /// Looks for everything that was promised.
  func check(on port: Int, _ story: String = "") async throws {
    let promises = promises
    let missing = try await onThread {
      let caller = try Caller(port)
      return promises.filter { path, text in
        guard let answer = caller.call("GET", path) else { return true }
        return answer.status != 200 || !answer.body.contains(text)
      }
    }
    #expect(missing.isEmpty, "\(missing.count) of \(promises.count) lost: \(missing.prefix(5)) \(story)")
    #expect(!promises.isEmpty)
  }

  private func prepare() async throws {
    let port = port
    try await onThread {
      let caller = try Caller(port)
      for (path, json) in [
        ("pods", #"{"name": "pod1"}"#), ("projects", #"{"name": "functest"}"#),
        ("projects/functest/cases", #"{"name": "vping"}"#),
      ] {
        guard caller.call("POST", "/api/v1/" + path, json)?.status == 200 else {
          throw Overdue(description: "\(path) is not taken")
        }
      }
    }
  }

  private func write(as client: Int) throws {
    let caller = try Caller(port)
    var number = 0
    while !isOver.load(ordering: .relaxed) {
      let name = "\(client)-\(number)"
      let isUp =
        switch client % 4 {
        case 0: addResult(caller, name)
        case 1: doJob(caller, run: "run-\(client)", name)
        case 2: lockNode(caller, name)
        default: addAvocadoJob(caller, name)
        }
      guard isUp else { return }
      number += 1
    }
  }

  private func addResult(_ caller: Caller, _ tag: String) -> Bool {
    let details = String(repeating: "x", count: 500)
    let json =
      #"{"pod_name": "pod1", "project_name": "functest", "case_name": "vping", "build_tag": "\#(tag)", "details": "\#(details)"}"#
    return ask(caller, "POST", "/api/v1/results", json) { body in
      (body.firstRange(of: "/api/v1/").map { String(body[$0.lowerBound...].dropLast(2)) } ?? "", "\"\(tag)\"")
    }
  }

  private func doJob(_ caller: Caller, run: String, _ id: String) -> Bool {
    let jobs = "/paddles/runs/\(run)/jobs/"
    return ask(caller, "POST", jobs, #"{"job_id": "\#(id)", "status": "queued"}"#) { _ in
      ("\(jobs)\(id)/", "\"\(id)\"")
    }
      && ask(caller, "PUT", "\(jobs)\(id)/", #"{"status": "pass", "success": true}"#) { _ in
        ("\(jobs)\(id)/", #""status": "pass""#)
      }
  }

  private func lockNode(_ caller: Caller, _ name: String) -> Bool {
    let node = "/paddles/nodes/n\(name)/"
    return ask(caller, "POST", "/paddles/nodes/", #"{"name": "n\#(name)"}"#) { _ in (node, "\"n\(name)\"") }
      && ask(caller, "PUT", node + "lock/", #"{"locked": true, "locked_by": "me"}"#) { _ in
        (node, #""locked_by": "me""#)
      }
  }

  private func addAvocadoJob(_ caller: Caller, _ id: String) -> Bool {
    let job = "/avocado/jobs/\(id)/"
    let time = "2026-11-21 10:00:00"
    return ask(caller, "POST", "/avocado/jobs/", #"{"id": "\#(id)", "status": "RUNNING"}"#) { _ in (job, "\"\(id)\"") }
      && ask(caller, "POST", job + "tests/", #"{"tag": "boot", "status": "PASS"}"#) { _ in
        (job + "tests/?x=1", #""boot""#)
      }
      && ask(caller, "POST", job + "activities/", #"{"activity": "JOB_STARTED", "time": "\#(time)"}"#) { _ in
        (job + "activities/?x=1", "JOB_STARTED")
      }
  }

  /// Asks, and notes what was promised; false if the server is gone.
  private func ask(
    _ caller: Caller, _ verb: String, _ path: String, _ json: String,
    _ promise: (_ body: String) -> (path: String, text: String)
  ) -> Bool {
    guard let answer = caller.call(verb, path, json) else { return false }
    let answers = notes.withLock { notes in
      notes.answers += 1
      if 200..<300 ~= answer.status {
        let (path, text) = promise(answer.body)
        notes.promises[path] = text
      } else {
        notes.refusals.append("\(verb) \(path): \(answer.status) \(answer.body.prefix(300))")
      }
      return notes.answers
    }
    report.yield(answers)
    return true
  }
}
