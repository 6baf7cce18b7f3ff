import Foundation
import Testing

@Suite struct PaddlesFilterTests {
  /// Four runs, the oldest first; their times are an hour ahead of UTC, and those of the last two lie around midnight.
  private static let runs = [
    ("u-2026-11-01_12:00:00-rados-main-testing-basic-plana", #""sha1": "abc1", "flavor": "basic", "status": "pass""#),
    ("u-2026-11-19_12:00:00-rados-next-testing-basic-mira", #""sha1": "abd2", "flavor": "basic", "status": "fail""#),
    (
      "v-2026-11-21_00:59:59-rbd-main-testing-basic-plana", #""sha1": "abc3", "flavor": "notcmalloc", "status": "pass""#
    ),
    ("v-2026-11-21_01:00:00-rgw-main-testing-basic-plana", #""sha1": "ABC4", "flavor": "basic", "status": "running""#),
  ]

  private static func withRuns(_ body: @escaping @Sendable (TestServer) async throws -> Void) async throws {
    try await TestServer.run { server in
      for (name, job) in runs {
        try await PaddlesStep("POST", "/runs/\(name)/jobs/", sending: #"{"job_id": "1", \#(job)}"#, 200).check(server)
      }
      try await body(server)
    }
  }

  @Test func chainsOfAnyDepth() async throws {
    let cases: [(String, [Int])] = [
      ("branch/main/", [3, 2, 0]), ("branch/main", [3, 2, 0]), ("branch/mai/", []), ("suite/rados/", [1, 0]),
      ("machine_type/plana/", [3, 2, 0]), ("user/v/", [3, 2]), ("status/finished%20pass/", [2, 0]),
      ("status/running/", [3]),
      ("sha1/abc/", [2, 0]), ("sha1/abc1/", [0]), ("sha1/a/", [2, 1, 0]), ("sha1/%25/", []),
      ("flavors/basic/", [3, 1, 0]),
      ("branch/main/suite/rados/status/finished%20pass/", [0]), ("branch/main/flavor/basic/", [3, 0]),
      (
        "sha1/abc/branch/main/user/v/machine_type/plana/flavor/notcmalloc/suite/rbd/status/finished%20pass/"
          + "date/2026-11-20/",
        [2]
      ),
      ("date/2026-11-20/", [2]), ("date/2026-11-21/", [3]), ("date/today/", [3]), ("date/yesterday/", [2]),
      ("date/2026-11-1/", [0]), ("date/2026-11-02/", []), ("date/2026-11-20/suite/rbd/", [2]),
      ("date/from/2026-11-01/to/2026-11-20/", [2, 1, 0]), ("date/from/2026-11-01/to/2026-11-19", [1, 0]),
      ("date/from/yesterday/to/today/", [3, 2]), ("date/from/2026-11-20/to/2026-11-01/", []),
      ("date/from/2026-11-01/", []), ("branch/main/date/from/2026-11-01/to/today/", [3, 2, 0]),
      ("branch/main/?count=1", [3]), ("branch/main/?count=1&page=2", [2]), ("branch/main/?count=2&page=3", []),
      ("branch/main/?since=2026-11-02", [3, 2]), ("branch/main/?since=2026-11-21", [3]),
      ("branch/main/?since=today", [3]),
      ("branch/main/?since=", [3, 2, 0]), ("date/2026-11-20/?since=2026-11-21", [2]), ("date/2026-11-20/?count=0", []),
      ("date/from/2026-11-01/to/2026-11-20/?count=1", [2, 1, 0]),
    ]
    try await Self.withRuns { server in
      for (path, expected) in cases {
        let answer = try await server.call("GET", "/paddles/runs/" + path)
        let runs = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]]
        #expect(
          runs?.compactMap { $0["name"] as? String } == expected.map { Self.runs[$0].0 }, "\(path): \(answer.text)")
      }
    }
  }

  @Test func values() async throws {
    let cases = [
      ("branch", #"["main", "next"]"#), ("suite/", #"["rados", "rbd", "rgw"]"#),
      ("machine_type/", #"["mira", "plana"]"#),
      ("user/", #"["u", "v"]"#), ("status/", #"["finished fail", "finished pass", "running"]"#),
      ("sha1/", #"["ABC4", "abc1", "abc3", "abd2"]"#), ("flavors/", #"["basic", "notcmalloc"]"#),
      ("date/", #"["2026-11-01", "2026-11-19", "2026-11-20", "2026-11-21"]"#),
      ("branch/main/suite/", #"["rados", "rbd", "rgw"]"#), ("user/u/branch/", #"["main", "next"]"#),
      ("user/v/flavor/", #"["basic", "notcmalloc"]"#), ("user/v/sha1/", #"["ABC4", "abc3"]"#),
      ("user/v/date/", #"["2026-11-20", "2026-11-21"]"#), ("user/x/date/", "[]"),
    ]
    try await Self.withRuns { server in
      try await PaddlesStep("POST", "/runs/", sending: #"{"name": "nothing is said"}"#, 200).check(server)
      try await PaddlesStep("DELETE", "/runs/nothing%20is%20said/", 200).check(server)
      for (path, values) in cases { try await PaddlesStep("GET", "/runs/" + path, 200, values).check(server) }
    }
  }

  @Test func whatIsNoFilter() async throws {
    try await Self.withRuns { server in
      for path in [
        "flavor/", "flavor/basic/", "branch/main/branch/next/", "branch/main/branch/", "branch/main/nope/",
        "branch/main/nope/x",
        "branch/main/flavors/", "branch/main/queued/", "queued/x/", "branch//", "date/from/2026-11-01/x/",
        "date/from/2026-11-01/to/",
        "date/today/date/today/",
      ] {
        try await PaddlesStep("GET", "/runs/" + path, 404, "<…").check(server)
      }
      for path in [
        "date/x/", "date/2026-02-30/", "date/2026/", "date/tomorrow/", "date/from/x/", "date/from/x/to/today/",
        "date/from/today/to/x", "branch/main/?since=x", "date/99999-01-01/", "date/from/", "date/9999-12-31",
      ] {
        try await PaddlesStep("GET", "/runs/" + path, 400, "date format must match %Y-%m-%d").check(server)
      }
      try await PaddlesStep("GET", "/runs/branch/main/?count=x", 400, "count must be an integer").check(server)
      try await PaddlesStep("GET", "/runs/branch/main/?page=x", 400, "page must be an integer").check(server)
    }
  }
}
