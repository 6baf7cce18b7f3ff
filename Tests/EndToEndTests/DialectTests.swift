import Foundation
import Glibc
import Model
import Reporting
import Testing

/// One run published to a collector in all three dialects at once: each tells the same truth.
@Suite struct Dialects {
  private static let catalog = """
    sortie: 1
    tiers:
      - name: first
        testcases:
          - {case_name: good, run: {name: exec, args: {argv: [/bin/true]}}}
          - {case_name: also_good, run: {name: exec, args: {argv: [/bin/true]}}}
      - name: second
        testcases:
          - {case_name: bad, run: {name: exec, args: {argv: [/bin/false]}}}
          - {case_name: fine, run: {name: exec, args: {argv: [/bin/true]}}}
      - name: third
        testcases:
          - {case_name: lost, run: {name: exec, args: {argv: [/no/such/program]}}}

    """
  private static let environment = ["NODE_NAME": "pod-1", "BUILD_TAG": "jenkins-x-daily-master-7"]

  private func arguments(_ site: Site, _ base: String) throws -> [String] {
    [
      "run", "--catalog", try site.write("all.yaml", Self.catalog), "--lab", site.lab, "--state", site.state,
      "--publish", "\(base)/api/v1", "--publish", "paddles+\(base)/paddles", "--publish", "avocado+\(base)/avocado",
    ]
  }

  private func json(_ url: String) async throws -> Any {
    let (status, body) = try await WebClient.get(url)
    guard let value = try? JSONSerialization.jsonObject(with: body) else {
      throw Overdue(description: "\(url): \(status) \(String(decoding: body, as: UTF8.self))")
    }
    return value
  }

  /// A list that comes in pages, whole.
  private func all(_ url: String) async throws -> [[String: Any]] {
    var (page, rows): (Int, [[String: Any]]) = (1, [])
    while true {
      let answer = try #require(try await json("\(url)?page=\(page)") as? [String: Any])
      rows += answer["results"] as? [[String: Any]] ?? []
      guard answer["next"] is String else { return rows }
      page += 1
    }
  }

  /// The verdicts of the run, as its report has them, in the words of each dialect.
  private func checkTruth(_ site: Site, _ base: String, _ story: String) async throws {
    let report = try RunOutput(onlyIn: site.state).report()
    #expect(report.cases.map { $0.verdict.rawValue } == ["pass", "pass", "fail", "pass", "error"], "\(story)")
    #expect(report.cases.allSatisfy { $0.published.state == .delivered }, "\(report.cases.map(\.published)) \(story)")

    let results = try await WebClient.results(base + "/api/v1", "pod=pod-1")
    #expect(
      results.map { "\($0["case_name"] ?? "") \($0["criteria"] ?? "")" }.sorted() == [
        "also_good PASS", "bad FAIL", "fine PASS", "good PASS",
      ], "\(story)")

    let runs = try #require(try await json(base + "/paddles/runs/") as? [[String: Any]])
    #expect(runs.count == 1 && runs.first?["status"] as? String == "finished fail", "\(runs) \(story)")
    #expect(runs.first?["user"] as? String == "sortie" && runs.first?["branch"] as? String == "master", "\(runs)")
    let name = runs.first?["name"] as? String ?? ""
    let jobs = try #require(try await json("\(base)/paddles/runs/\(name)/jobs/") as? [[String: Any]])
    #expect(
      jobs.map { "\($0["description"] ?? "") \($0["status"] ?? "")" }.sorted() == [
        "first/first pass", "second/second fail", "third/third dead",
      ], "\(story)")
    #expect(jobs.allSatisfy { $0["started"] is String && $0["duration"] is Int }, "\(jobs) \(story)")

    let avocado = try await all(base + "/avocado/jobs/")
    #expect(avocado.map { $0["status"] as? String } == ["FAIL"], "\(story)")
    let id = avocado.first?["id"] as? String ?? ""
    let tests = try await all("\(base)/avocado/jobs/\(id)/tests/")
    #expect(
      tests.map { "\($0["tag"] ?? "") \($0["status"] ?? "")" }.sorted() == [
        "also_good PASS", "bad FAIL", "fine PASS", "good PASS", "lost ERROR",
      ], "\(story)")
    for test in tests {
      let path = "\(base)/avocado/jobs/\(id)/tests/\(test["id"] ?? "")"
      let activities = try await all(path + "/activities/").map { "\($0["activity"] ?? "") \($0["time"] ?? "")" }
      #expect(Set(activities).count == activities.count && activities.count >= 1, "\(activities) \(story)")
      let data = try await all(path + "/data/").compactMap { $0["key"] as? String }
      #expect(
        Set(data).count == data.count && Set(data).isSuperset(of: ["attempt", "node", "log"]), "\(data) \(story)")
    }
    let said = try await all("\(base)/avocado/jobs/\(id)/activities/")
    let stamped = said.map { "\($0["activity"] ?? "") \($0["time"] ?? "")" }
    #expect(Set(stamped).count == stamped.count, "\(stamped) \(story)")
    let activities = said.compactMap { $0["activity"] as? String }
    for one in ["JOB_STARTED", "TEST_STARTED bad", "TEST_ENDED bad FAIL", "JOB_ENDED"] {
      #expect(activities.count { $0 == one } == 1, "\(one) in \(activities) \(story)")
    }
    let verified = try await site.sortie("verify", try RunOutput(onlyIn: site.state).name, "--state", site.state)
    #expect(verified.status == 0, "\(verified) \(story)")
  }

  @Test func tellTheSame() async throws {
    try await Site.with(nodes: 2) { site in
      let base = try await site.serve()
      let ended = try await site.sortie(try arguments(site, base), environment: Self.environment)
      #expect([1, 3].contains(ended.status), "\(ended)")
      try await checkTruth(site, base, "\(ended)")
      let again = try await site.sortie("publish", "--state", site.state)
      #expect(again.status == 0 && again.out.isEmpty, "\(again)")
    }
  }

  /// The collector is killed in the middle and started again: nothing is missing, nothing doubled.
  @Test(arguments: ["store-written", "store-committed"], [3, 12, 30, 45])
  func survive(_ point: String, _ count: Int) async throws {
    try await Site.with(nodes: 2) { site in
      let port = try WebClient.closedPort()
      let server = try site.start(
        ["serve", "--listen", "127.0.0.1:\(port)", "--store", site.folder + "/results.db"],
        environment: ["SORTIE_CRASH": "\(point):\(count)"])
      try await awaited("http://", in: server.out)
      let base = "http://127.0.0.1:\(port)"
      let run = try site.start(try arguments(site, base), environment: Self.environment)
      #expect(await server.ended().status == -SIGKILL, "never came to \(point)")
      _ = try await site.serve(port: port)
      let ended = await run.ended()
      let later = try await site.sortie(["publish", "--state", site.state], environment: Self.environment)
      #expect(later.status == 0, "\(later) \(ended)")
      try await checkTruth(site, base, "\(ended)")
    }
  }

  /// The run is killed in the middle, and resumed: nothing is missing, nothing doubled.
  @Test(arguments: [
    ("journal-synced", 9), ("sinks-told", 12), ("entry-written", 3), ("entry-durable", 14), ("entry-marked", 7),
    ("result-answered", 1), ("result-answered", 11), ("delivery-recorded", 2), ("report-written", 1),
  ]) func areResumed(_ point: String, _ count: Int) async throws {
    try await Site.with(nodes: 2) { site in
      let base = try await site.serve()
      let killed = try await site.sortie(
        try arguments(site, base), environment: Self.environment.merging(["SORTIE_CRASH": "\(point):\(count)"]) { $1 })
      #expect(killed.status == -SIGKILL, "never came to \(point) \(killed)")
      let resumed = try await site.sortie(
        ["resume", "--state", site.state, "--lab", site.lab], environment: Self.environment)
      let later = try await site.sortie(["publish", "--state", site.state], environment: Self.environment)
      #expect(later.status == 0, "\(later) \(resumed)")
      try await checkTruth(site, base, "\(point) \(killed) \(resumed)")
    }
  }

  /// All three are away while the run lasts. What is left wants the token again, and then arrives.
  @Test(arguments: [["publish"], ["outbox", "flush"]]) func outlastAnOutage(_ verb: [String]) async throws {
    try await Site.with(nodes: 2) { site in
      let store = ["--store", site.folder + "/results.db"]
      let token = try await site.sortie(["token", "add", "lab"] + store).out.trimmingCharacters(in: .newlines)
      let port = try WebClient.closedPort()
      let base = "http://127.0.0.1:\(port)"
      let secret = ["SORTIE_TOKEN": token]
      let ended = try await site.sortie(
        try arguments(site, base), environment: Self.environment.merging(secret) { $1 })
      #expect([1, 3].contains(ended.status) && ended.err.contains("wait for"), "\(ended)")
      let server = try site.start(["serve", "--listen", "127.0.0.1:\(port)", "--require-token"] + store)
      try await awaited("http://", in: server.out)
      let refused = try await site.sortie(verb + ["--state", site.state, "--seconds", "20"])
      #expect(refused.status == 5 && refused.err.contains("wants credentials"), "\(refused)")
      #expect(try await WebClient.results(base + "/api/v1", "pod=pod-1").isEmpty)
      let flushed = try await site.sortie(verb + ["--state", site.state], environment: secret)
      #expect(flushed.status == 0, "\(flushed)")
      // Four results, three jobs of which each carries its cases, five tests.
      #expect(flushed.out.lines.count == 12, "\(flushed)")
      try await checkTruth(site, base, "\(ended) \(flushed)")
    }
  }
}
