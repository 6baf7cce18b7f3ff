import Foundation
import Testing

@testable import Collection

/// Every operation of every dialect's document, with a good call and with bad ones: the status is one that the document
/// names, the body is of the type and the schema that stand there. `make fuzz-api` does the same with thousands of calls.
@Suite struct DocumentedAnswerTests {
  private static let documents: [(base: String, document: OpenAPI.Document)] = [
    ("", TestAPIDialect.document), ("/paddles", PaddlesDialect.document), ("/avocado", AvocadoDialect.document),
  ]

  @Test func servedIsWhatIsTested() async throws {
    try await TestServer.run { server in
      let served = try object(try await server.call("GET", "/openapi.json"))
      let paths = try #require(served["paths"] as? [String: [String: Any]])
      let tested = Self.documents.flatMap { part in part.document.paths.map { part.base + $0.path } }
      #expect(Set(paths.keys) == Set(tested))
      #expect(paths.values.map(\.count).reduce(0, +) == 163)
    }
  }

  @Test func goodCalls() async throws {
    try await TestServer.run { server in
      let world = try await DeclaredWorld(server)
      for part in Self.documents {
        for (path, operation) in part.document.operationsRemovingLast {
          let target = world.target(part.base, path, operation)
          let answer = try await server.call(operation.verb, target, json: world.body(operation, part.document))
          part.document.expect(answer, to: operation, "\(operation.verb) \(target)")
          let isDone = answer.statusLine.hasPrefix("HTTP/1.1 2")
          #expect(isDone, "\(operation.verb) \(target): \(answer.statusLine) \(answer.text)")
          if operation.verb == "DELETE" || operation.verb == "PUT" { try await world.declareAgain(server) }
        }
      }
    }
  }

  /// What is not there, a NUL, a target that is too long, and bodies that are no JSON, no object or too large.
  @Test func badCalls() async throws {
    var limits = Limits()
    limits.body = 4 << 10
    let bodies: [String?] = [
      nil, "{", "[]", "null", #"{"name": "\ud800"}"#, #"{"x": ""# + String(repeating: "x", count: 5000) + #""}"#,
    ]
    try await TestServer.run(limits: limits) { server in
      for part in Self.documents {
        for (path, operation) in part.document.operationsRemovingLast {
          let absent = part.base + path.replacing(/{[^}]*}/, with: "987654321")
          let targets = [
            absent, absent + "?page=%00", absent + "?page=x&count=x&fields=x&from=x&name=(",
            absent + "?" + String(repeating: "x", count: 9000),
          ]
          for (index, target) in targets.enumerated() {
            for body in operation.verb == "GET" || index > 0 ? [nil] : bodies {
              let answer = try await server.call(operation.verb, target, json: body)
              part.document.expect(
                answer, to: operation, "\(operation.verb) \(target.prefix(100)) \(body?.prefix(40) ?? "")")
            }
          }
        }
      }
    }
  }

  /// The two tests above can fail: a value that is not as the schema says is seen.
  @Test func whatDoesNotFitIsSeen() throws {
    let schemas = Dictionary(uniqueKeysWithValues: PaddlesDialect.document.schemas.map { ($0.name, $0.schema) })
    for (json, fits) in [
      (#"{"message": "x"}"#, true), (#"{}"#, false), (#"{"message": 1}"#, false), (#"{"message": "x", "y": 1}"#, false),
      ("[]", false), ("null", false),
    ] {
      let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
      #expect(OpenAPI.Schema.reference("Message").accepts(value, schemas) == fits, "\(json)")
    }
    for (schema, json, fits) in [
      (OpenAPI.Schema.integer(from: 1), "0", false), (.integer(), "true", false), (.integer(), "1.5", false),
      (.integer(from: 1, to: 2), "2", true), (.boolean, "1", false), (.boolean, "false", true),
      (.nullable(.number), "null", true), (.number, #""1""#, false), (.paddlesTime, #""2026-11-20T10:00:00""#, false),
      (.array(of: .string()), #"["a", 1]"#, false), (.either([.number, .boolean]), "true", true),
    ] {
      let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed)
      #expect(schema.accepts(value, [:]) == fits, "\(json)")
    }
  }
}

extension OpenAPI.Document {
  /// All operations with their paths; what removes something comes last, the innermost first.
  fileprivate var operationsRemovingLast: [(path: String, operation: OpenAPI.Operation)] {
    let all = paths.flatMap { path in path.operations.map { (path.path, $0) } }
    return all.filter { $0.1.verb != "DELETE" } + all.filter { $0.1.verb == "DELETE" }.reversed()
  }

  /// Records an issue unless the document foresees an answer.
  fileprivate func expect(_ answer: RawConnection.Answer, to operation: OpenAPI.Operation, _ name: String) {
    let comment = Comment(rawValue: "\(name): \(answer.statusLine) \(answer.text.prefix(200))")
    let status = answer.statusLine.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    let known = operation.responses.first { $0.status == status }
    #expect(known != nil, comment)
    #expect(status ?? 500 < 500 || answer.text.contains("nodes available"), comment)
    let type = answer.headers["content-type"]?.prefix { $0 != ";" }
    #expect(known?.type == type.map(String.init), comment)
    guard let known, known.type == "application/json" else { return }
    let all = Dictionary(uniqueKeysWithValues: schemas.map { ($0.name, $0.schema) })
    let value = try? JSONSerialization.jsonObject(with: Data(answer.body), options: .fragmentsAllowed)
    #expect(value.map { known.schema.accepts($0, all) } ?? false, comment)
  }
}

/// Something of everything, in a server, and how calls name it.
private struct DeclaredWorld {
  private let result: String
  private let deployResult: String

  private static let job = String(repeating: "a1", count: 20)
  private static let report =
    #"{"pod_name": "pod1", "project_name": "functest", "case_name": "vping", "#
    + #""installer": "apex", "scenario": "os", "criteria": "PASS", "trust_indicator": 1, "details": {}}"#
  private static let installer =
    #"{"installer": "apex", "versions": [{"version": "master", "owner": "a", "projects": "#
    + #"[{"project": "functest", "customs": ["c"]}]}]}"#

  /// What is declared, in order; all but the results can be said again without harm.
  private static let declarations: [(target: String, json: String)] = [
    ("/api/v1/pods", #"{"name": "pod1"}"#), ("/api/v1/projects", #"{"name": "functest"}"#),
    ("/api/v1/projects/functest/cases", #"{"name": "vping"}"#), ("/api/v1/pods", #"{"name": "free"}"#),
    ("/api/v1/projects", #"{"name": "free"}"#), ("/api/v1/projects/functest/cases", #"{"name": "free"}"#),
    ("/api/v1/scenarios", #"{"name": "os", "installers": [\#(installer)]}"#),
    ("/paddles/nodes/", #"{"name": "n", "machine_type": "vps", "up": true}"#),
    ("/paddles/queue/", #"{"queue": "vps"}"#), ("/paddles/runs/", #"{"name": "r"}"#),
    ("/paddles/runs/r/jobs/", #"{"job_id": "1", "queue": "vps", "status": "queued", "targets": {"u@n": "k"}}"#),
    ("/avocado/jobs/", #"{"id": "\#(job)", "status": "PASS"}"#),
    ("/avocado/jobs/\(job)/tests/", #"{"tag": "t", "status": "PASS"}"#),
    ("/avocado/jobs/\(job)/activities/", #"{"activity": "A", "time": "2026-11-20T10:00:00Z"}"#),
    ("/avocado/jobs/\(job)/tests/1/activities/", #"{"activity": "A", "time": "2026-11-20T10:00:00Z"}"#),
    ("/avocado/jobs/\(job)/tests/1/data/", #"{"key": "k", "value": "v"}"#),
    ("/avocado/softwarecomponentkinds/", #"{"name": "k2"}"#), ("/avocado/softwarecomponentarches/", #"{"name": "a2"}"#),
    ("/avocado/linuxdistros/", #"{"name": "free", "version": "1", "release": "", "arch": "a"}"#),
    ("/avocado/linuxdistros/", #"{"name": "l", "version": "1", "release": "", "arch": "a"}"#),
    ("/avocado/testenvironments/", #"{"distro": {"name": "l", "version": "1", "release": "", "arch": "a"}}"#),
    (
      "/avocado/softwarecomponents/",
      #"{"name": "b", "version": "1", "release": "1", "checksum": "0", "kind": "unknown", "arch": "unknown"}"#
    ),
  ]

  /// Where others refer to the first row.
  private static let second = ["/softwarecomponentkinds/", "/softwarecomponentarches/", "/linuxdistros/"]

  init(_ server: TestServer) async throws {
    for (target, json) in Self.declarations {
      let answer = try await server.call("POST", target, json: json)
      try #require(answer.statusLine.hasPrefix("HTTP/1.1 2"), "\(target): \(answer.statusLine) \(answer.text)")
    }
    result = try await Self.add("/api/v1/results", server)
    deployResult = try await Self.add("/api/v1/deployresults", server)
  }

  private static func add(_ target: String, _ server: TestServer) async throws -> String {
    let href = try object(try await server.call("POST", target, json: report))["href"] as? String
    return try #require(href?.split(separator: "/").last.map(String.init))
  }

  func declareAgain(_ server: TestServer) async throws {
    _ = try await server.call("DELETE", "/api/v1/scenarios/os")
    for (target, json) in Self.declarations { _ = try await server.call("POST", target, json: json) }
  }

  /// The path of an operation with what was declared, and the parameters that it must have.
  func target(_ base: String, _ path: String, _ operation: OpenAPI.Operation) -> String {
    let name =
      switch true {
      case path.hasPrefix("/api/v1/") && !path.contains("scenarios") && operation.verb == "DELETE": "free"
      case path.hasPrefix("/api/v1/pods"): "pod1"
      case path.contains("/cases/"): "vping"
      case path.hasPrefix("/api/v1/projects"): "functest"
      case path.hasPrefix("/nodes"): "n"
      case path.hasPrefix("/runs"): "r"
      default: "os"
      }
    let filled = [
      "name": name, "project": "functest", "id": path.contains("deploy") ? deployResult : result, "job_id": "1",
      "value": "today", "from": "today", "to": "today", "job": Self.job, "test": "1",
      "key": Self.second.contains { path.hasPrefix($0) } ? "2" : "1",
    ].reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
    let parameters = operation.parameters.filter { $0.place == .query && $0.isRequired }
    let known = ["installer": "apex", "version": "master", "project": "functest", "queue": "vps"]
    let query = parameters.map { "\($0.name)=\(known[$0.name] ?? "x")" }.joined(separator: "&")
    return base + filled + (query.isEmpty ? "" : "?" + query)
  }

  /// A good body; nil if it takes none.
  func body(_ operation: OpenAPI.Operation, _ document: OpenAPI.Document) -> String? {
    let schemas = Dictionary(uniqueKeysWithValues: document.schemas.map { ($0.name, $0.schema) })
    return Self.bodies[operation.id]
      ?? operation.body?.sample(schemas, known: Self.members(of: document), text: String(operation.id.prefix(20)))
  }

  private static func members(of document: OpenAPI.Document) -> [String: String] {
    switch document.name {
    case "TestAPI": ["pod_name": #""pod1""#, "project_name": #""functest""#, "case_name": #""vping""#]
    case "Paddles":
      ["queue": #""vps""#, "names": #"["n"]"#, "locked_by": #""a""#, "description": #""d""#, "machine_type": #""vps""#]
    default:
      [
        "job": #""\#(job)""#, "test": "1", "time": #""2026-11-20T11:00:00Z""#, "kind": #""unknown""#,
        "distro": #"{"name": "l", "version": "1", "release": "", "arch": "a"}"#, "arch": #""unknown""#,
      ]
    }
  }

  /// What a small value of the schema would not do.
  private static let bodies = [
    "changeProject": #"{"description": "d"}"#, "changeCase": #"{"description": "d"}"#,
    "changeScenario": #"{"name": "os2"}"#, "changeTrust": #"{"trust_indicator": {"current": 0.5}}"#,
    "changeQueue": #"{"queue": "q2", "paused_by": "a", "pause_duration": 1}"#, "addQueue": #"{"queue": "q2"}"#,
    "addJob": #"{"job_id": "2"}"#, "remove_customs": #"["c"]"#, "remove_projects": #"["functest"]"#,
    "remove_versions": #"["master"]"#,
    "remove_installers": #"["apex"]"#,
  ]
}
