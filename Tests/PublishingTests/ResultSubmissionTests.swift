import Dialects
import Model
import Publishing
import Testing

@Suite struct ResultSubmissionTests {
  @Test func `the body is what Xtesting sends, with the attempt's id`() throws {
    let body = String(decoding: try submission(1, details: ["tests": 3, "b": [true, nil, 0.5]]).body, as: UTF8.self)
    #expect(
      body == """
        {"build_tag": "jenkins-apex-daily-master-190", "case_name": "c1", "criteria": "PASS", \
        "details": {"b": [true, null, 0.5], "sortie_id": "20261121-003634-kqzf.c1.1", "tests": 3}, \
        "installer": "apex", "pod_name": "lf-pod1", "project_name": "functest", "scenario": "os-nosdn-nofeature-ha", \
        "start_date": "2026-11-21 01:36:34", "stop_date": "2026-11-21 01:37:40", "version": "master"}
        """)
  }

  @Test(
    arguments: [
      (nil, ["sortie_id": "20261121-003634-kqzf.c1.1", "node": "n1"]),
      (.null, ["sortie_id": "20261121-003634-kqzf.c1.1", "node": "n1"]),
      ([1, 2], [1, 2]), ("text", "text"), (["sortie_id": 5], ["sortie_id": "20261121-003634-kqzf.c1.1"]),
    ] as [(JSONValue?, JSONValue)])
  func `details carry the id where they are an object`(row: (given: JSONValue?, sent: JSONValue)) throws {
    #expect(try submission(1, details: row.given).members["details"] == row.sent)
  }

  @Test(arguments: Verdict.allCases) func `only pass and fail are results`(verdict: Verdict) {
    let result = ResultSubmission(
      of: CaseDefinition(name: "a", tier: "t"), outcome: outcome(verdict), attempt: attempt(1), node: nil,
      context: .init(pod: "p"), utcOffset: { _ in 0 })
    let expected: [Verdict: JSONValue] = [.pass: "PASS", .fail: "FAIL"]
    #expect(result?.members["criteria"] == expected[verdict])
  }

  @Test func `what nobody set has Xtesting's defaults`() throws {
    let started = Activity.RunStarted(run: run, version: "1", host: "h", arguments: [], pod: "p")
    let context = try #require(ResultSubmission.Context(started))
    let result = try #require(
      ResultSubmission(
        of: CaseDefinition(name: "a", tier: "t"), outcome: outcome(), attempt: attempt(1), node: nil,
        context: context, utcOffset: { _ in 0 }))
    #expect(result.members["installer"] == "unknown")
    #expect(result.members["scenario"] == "os-nosdn-nofeature-noha")
    #expect(result.members["build_tag"] == .null)
    #expect(result.members["version"] == "unknown")
    #expect(result.members.count == 11)
    #expect(ResultSubmission.Context(Activity.RunStarted(run: run, version: "", host: "", arguments: [])) == nil)
  }

  @Test func `JSON is written as Python writes it`() async throws {
    let value: JSONValue = [
      "z": "a\"\\/\n\r\t\u{08}\u{0C}\u{01}\u{7F}", "é": "🚀 日", "Z": [1, -5, 1.5, 1e300, 0.1, 1e-7, 100.0], "": [:],
      "a.b": [],
      "￿": 1, "🚀": 2, "n": nil,
    ]
    try await withTemporaryFolder { folder in
      let ours = String(decoding: SortedJSON.bytes(of: value), as: UTF8.self)
      let script = "import json, sys; print(json.dumps(json.load(open(sys.argv[1])), sort_keys=True), end='')"
      let theirs = try python(script, input: ours, in: folder)
      #expect(theirs == ours)
    }
    #expect(SortedJSON.bytes(of: [.number(.nan), .number(.infinity)]) == Array("[null, null]".utf8))
  }

  @Test func `local times are the system's`() async throws {
    let seconds: [Int64] = [0, 1_795_221_394, 1_750_000_000, -1, 4_000_000_000]
    try await withTemporaryFolder { folder in
      let script = """
        import sys, time
        for t in open(sys.argv[1]): print(time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(int(t))))
        """
      let theirs = try python(script, input: seconds.map(String.init).joined(separator: "\n"), in: folder)
      let ours = seconds.map {
        let time = Timestamp(nanoseconds: $0 * 1_000_000_000)
        return time.advanced(bySeconds: Double(LocalTime.utcOffset(at: time))).spaced
      }
      #expect(theirs.split(separator: "\n").map(String.init) == ours)
    }
  }
}
