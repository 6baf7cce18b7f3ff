import Foundation
import TestSupport
import Testing

/// What a run's row says about its jobs is never counted by the server, only moved along with each write. Here it is
/// counted: after every one of many random writes, against the jobs themselves and against the rules written anew.
@Suite struct PaddlesRecountTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func whatIsMovedAlongIsWhatIsCounted(_ seed: UInt64) async throws {
    try await TestServer.run { server in
      let client = try server.connect()
      var lab = Lab(seed: seed)
      for number in 0..<120 {
        let (verb, target, body) = lab.write()
        let answer = try await client.exchange(TestServer.request(verb, "/paddles" + target, json: body))
        let what = Comment(rawValue: "seed \(seed), write \(number): \(verb) \(target) \(body ?? "") \(answer.text)")
        #expect(answer.statusLine == "HTTP/1.1 \(lab.status)", what)
        for run in Lab.runs {
          let shown = try await client.exchange(TestServer.request("GET", "/paddles/runs/\(run)/"))
          try lab.check(run, shown.statusLine.contains(" 404 ") ? nil : try object(shown), what)
        }
        guard number % 20 == 19 else { continue }
        for (list, expected) in try lab.lists() {
          let shown = try await client.exchange(TestServer.request("GET", "/paddles" + list))
          #expect(shown.text == expected, "\(what.rawValue): \(list)")
        }
      }
    }
  }

  /// Jobs as the contract's rules make them, and what is written to them.
  private struct Lab {
    static let runs = ["r", "s"]
    private static let ids = ["1", "2", "3", "10", "11", "20", "a"]
    private static let statuses = ["queued", "pass", "running", "waiting", "fail", "dead", "unknown"]

    private var random: Seeded
    /// By run and id: the status, and the node that it was made with.
    private var jobs: [String: [String: (status: String, node: String)]] = [:]
    /// Of the last write.
    private(set) var status = ""

    init(seed: UInt64) { random = Seeded(seed) }

    /// The next write, and what it makes of the jobs.
    mutating func write() -> (verb: String, target: String, body: String?) {
      let (run, id) = (Self.runs[random.below(2)], Self.ids[random.below(Self.ids.count)])
      let old = jobs[run]?[id]
      status = "200 OK"
      switch random.below(40) {
      case 0:
        if jobs.removeValue(forKey: run) == nil { status = "404 Not Found" }
        return ("DELETE", "/runs/\(run)/", nil)
      case 1..<9:
        if jobs[run]?.removeValue(forKey: id) == nil { status = "404 Not Found" }
        return ("DELETE", "/runs/\(run)/jobs/\(id)/", nil)
      case 9..<24:
        if old != nil { status = "400 Bad Request" }
        let node = "n\(random.below(3))"
        let body = members(old?.status) { status, lab in
          if old == nil { lab.jobs[run, default: [:]][id] = (status, node) }
        }
        return ("POST", "/runs/\(run)/jobs/", #"{"job_id": "\#(id)", "targets": {"u@\#(node)": ""}\#(body)}"#)
      default:
        if old == nil { status = "404 Not Found" }
        let body = members(old?.status) { status, lab in lab.jobs[run]?[id]?.status = status }
        return ("PUT", "/runs/\(run)/jobs/\(id)/", #"{"name": "\#(run)"\#(body)}"#)
      }
    }

    /// What is said of a job, and what comes of it.
    private mutating func members(_ old: String?, _ keep: (String, inout Lab) -> Void) -> String {
      var members = ""
      var new = old ?? "unknown"
      if random.chance(70), let sent = random.pick(Self.statuses) {
        members += #", "status": "\#(sent)""#
        if old != "pass", old != "fail" { new = sent }
      } else if random.chance(40), let sent = random.pick(["true", "false", "null"]) {
        members += #", "success": \#(sent)"#
        new = ["true": "pass", "false": "fail"][sent] ?? "unknown"
      }
      if random.chance(50) { members += #", "sha1": "c\#(random.below(9))""# }
      if random.chance(30) { members += #", "flavor": \#(random.chance(50) ? "null" : #""f""#)"# }
      if random.chance(50) { members += #", "priority": \#(random.below(100))"# }
      keep(new, &self)
      return members
    }

    /// Holds a run as it is shown against its jobs.
    func check(_ name: String, _ run: [String: Any]?, _ what: Comment) throws {
      guard let known = jobs[name] else {
        #expect(run == nil, what)
        return
      }
      let run = try #require(run, what)
      let shown = try #require(run["jobs"] as? [[String: Any]])
      let ids = shown.compactMap { $0["job_id"] as? String }
      #expect(ids == known.keys.sorted(), what)
      #expect(shown.compactMap { $0["status"] as? String } == ids.compactMap { known[$0]?.status }, what)
      var results: [String: Any] = ["total": ids.count]
      for status in Self.statuses { results[status] = known.values.count { $0.status == status } }
      for key in ["sha1", "flavor"] {
        results[key] = shown.first.map { $0[key] ?? "absent" } ?? "none"
        #expect(run[key] as? NSObject == results[key] as? NSObject, what)
      }
      #expect(run["results"] as? NSDictionary == results as NSDictionary, what)
      #expect(run["jobs_count"] as? Int == ids.count, what)
      #expect(run["status"] as? String == Self.status(known.values.map(\.status)), what)
      #expect(run["priority"] as? NSObject == shown.first?["priority"] as? NSObject ?? NSNull(), what)
    }

    /// Lists that only read what was moved along.
    func lists() throws -> [(target: String, body: String)] {
      let statuses = jobs.mapValues { Self.status($0.values.map(\.status)) }
      let values = Set(statuses.values).sorted().map { "\"\($0)\"" }.joined(separator: ", ")
      var lists = [("/runs/status/", "[\(values)]")]
      var nodes: [String: [String: Int]] = [:]
      for job in jobs.values.flatMap(\.values) { nodes[job.node, default: [:]][job.status, default: 0] += 1 }
      let totals = nodes.mapValues { $0.values.reduce(0, +) }
      let stats = nodes.sorted { (totals[$0.key] ?? 0, $0.key) < (totals[$1.key] ?? 0, $1.key) }.map { node, counts in
        "\"\(node)\": {"
          + counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
      }
      lists.append(("/nodes/job_stats/", "{\(stats.joined(separator: ", "))}"))
      return lists
    }

    /// The contract's section 1.4, line by line.
    private static func status(_ jobs: [String]) -> String {
      if jobs.isEmpty { return "empty" }
      if jobs.allSatisfy({ $0 == "queued" }) { return "queued" }
      if jobs.contains("running") { return "running" }
      if jobs.contains("waiting") { return "waiting" }
      if jobs.allSatisfy({ $0 == "dead" }) { return "finished dead" }
      if jobs.contains("fail") { return "finished fail" }
      if jobs.contains("dead") { return "finished fail" }
      if jobs.allSatisfy({ $0 == "pass" }) { return "finished pass" }
      return jobs.contains("queued") ? "queued" : "unknown"
    }
  }
}
