import Dialects

extension TestAPIDialect {
  /// What is served, in OpenAPI's words.
  static let document = OpenAPI.Document(
    name: "TestAPI",
    paths: [
      OpenAPI.Path(path: "/versions", operations: [.get("listVersions", "The versions of the API", "Versions")]),
      OpenAPI.Path(path: "/api/v1/profile", operations: [.get("showProfile", "Who is signed in", "Profile")]),
      .collection("/api/v1/pods", of: "Pod", "Pods", filters: [.namePattern]),
      OpenAPI.Path(path: "/api/v1/pods/{name}", operations: [.show("Pod", .pathName), .remove("Pod", .pathName)]),
      .collection(
        "/api/v1/projects", of: "Project", "Projects", filters: [.namePattern]),
      .record("/api/v1/projects/{name}", of: "Project", [.pathName]),
      .collection("/api/v1/projects/{project}/cases", of: "Case", "Cases", parameters: [.project]),
      .record("/api/v1/projects/{project}/cases/{name}", of: "Case", [.project, .pathName]),
      .collection("/api/v1/results", of: "Result", "Results", filters: results + periods, isRepeatable: true),
      OpenAPI.Path(path: "/api/v1/results/{id}", operations: [.show("Result", .id), .changeTrust]),
      .collection(
        "/api/v1/deployresults", of: "DeployResult", "DeployResults", filters: deployResults + periods,
        isRepeatable: true),
      OpenAPI.Path(path: "/api/v1/deployresults/{id}", operations: [.show("DeployResult", .id)]),
      .collection(
        "/api/v1/scenarios", of: "Scenario", "Scenarios",
        filters: [
          .namePattern, .text("installer", "An installer of the scenario"),
          .text("version", "A version of that installer"), .text("project", "A project of that version"),
        ]), .record("/api/v1/scenarios/{name}", of: "Scenario", [.pathName]),
    ] + TestAPI.ScenarioEdit.Item.allCases.map(OpenAPI.Path.part), schemas: schemas)

  private static let results: [OpenAPI.Parameter] = [
    .text("project", "The project's name"), .text("case", "The case's name"), .text("pod", "The pod's name"),
    .text("installer"), .text("version"), .text("scenario"), .text("build_tag"), .text("criteria"),
    OpenAPI.Parameter(
      name: "trust_indicator", place: .query, schema: .number, about: "The current trust, of old generations"),
  ]

  private static let deployResults: [OpenAPI.Parameter] = [
    .text("pod_name", "The pod's name"), .text("installer"), .text("version"), .text("scenario"), .text("job_name"),
    .text("upstream_job_name"), .text("criteria"), .integer("build_id", "The build's number"),
    .integer("upstream_build_id", "The build's number"),
  ]

  private static let periods: [OpenAPI.Parameter] = [
    .integer("period", "Only what started in so many days"), .text("from", "Only what started then or later"),
    .text("to", "Only what started earlier"), .integer("last", "Only the newest so many"),
    .integer("page", "The page, from 1; 0: everything at once"),
    .text("descend", "true: the newest first, as without it; anything else: the oldest first"),
  ]
}

extension OpenAPI.Text {
  /// Any text that may stand in a query.
  fileprivate static let withoutNUL = OpenAPI.Text(pattern: #"^[^\u0000]*$"#)
}

extension OpenAPI.Parameter {
  fileprivate static let pathName = OpenAPI.Parameter(name: "name", place: .path, schema: TestAPIDialect.nameSchema)
  fileprivate static let project = OpenAPI.Parameter(name: "project", place: .path, schema: TestAPIDialect.nameSchema)
  fileprivate static let id = OpenAPI.Parameter(name: "id", place: .path, schema: .string(OpenAPI.Text(minLength: 1)))
  fileprivate static let namePattern = OpenAPI.Parameter(
    name: "name", place: .query, schema: .string(OpenAPI.Text(format: "regex")),
    about: "A regular expression that is found in the name")
  fileprivate static let key = OpenAPI.Parameter(
    name: "Idempotency-Key", place: .header, schema: .string(OpenAPI.Text(pattern: "^[A-Za-z0-9._-]{1,255}$")),
    about: "The same key again adds nothing")

  fileprivate static func text(_ name: String, _ about: String = "") -> OpenAPI.Parameter {
    OpenAPI.Parameter(name: name, place: .query, schema: .string(.withoutNUL), about: about)
  }

  fileprivate static func integer(_ name: String, _ about: String) -> OpenAPI.Parameter {
    OpenAPI.Parameter(name: name, place: .query, schema: .integer(), about: about)
  }
}

extension OpenAPI.Response {
  /// What every call may be answered.
  fileprivate static let always: [OpenAPI.Response] = [
    .page(400, "The request or its body is malformed"), .page(414, "Path and query are too long"),
    .page(503, "The store failed: nothing was kept, send again"),
  ]
  /// What every call with a body may be answered, besides.
  fileprivate static let written: [OpenAPI.Response] =
    always + [
      .page(401, "The sender may not do this, or other records depend on it"),
      .page(403, "The token is none, what the body names is not there or is there already, or nothing would change"),
      .page(413, "The body or what would become of it is too large"),
    ]
  fileprivate static let absent = OpenAPI.Response.page(404, "There is none of that name or id")

  fileprivate static func shown(_ schema: String) -> OpenAPI.Response { .json(200, "It", .reference(schema)) }
}

extension OpenAPI.Operation {
  fileprivate static func get(_ id: String, _ summary: String, _ schema: String) -> OpenAPI.Operation {
    OpenAPI.Operation(verb: "GET", id: id, summary: summary, responses: [.shown(schema)] + OpenAPI.Response.always)
  }

  fileprivate static func show(_ kind: String, _ parameters: OpenAPI.Parameter...) -> OpenAPI.Operation {
    show(kind, parameters)
  }

  fileprivate static func show(_ kind: String, _ parameters: [OpenAPI.Parameter]) -> OpenAPI.Operation {
    OpenAPI.Operation(
      verb: "GET", id: "show\(kind)", summary: "Show one", parameters: parameters,
      responses: [.shown(kind), .absent] + OpenAPI.Response.always)
  }

  fileprivate static func remove(_ kind: String, _ parameters: OpenAPI.Parameter...) -> OpenAPI.Operation {
    remove(kind, parameters)
  }

  fileprivate static func remove(_ kind: String, _ parameters: [OpenAPI.Parameter]) -> OpenAPI.Operation {
    OpenAPI.Operation(
      verb: "DELETE", id: "remove\(kind)", summary: "Remove one", parameters: parameters,
      responses: [.empty(200, "It is gone"), .absent] + OpenAPI.Response.written)
  }

  /// Only clients of old generations have this PUT; to every other body the answer is 405.
  fileprivate static let changeTrust = OpenAPI.Operation(
    verb: "PUT", id: "changeTrust", summary: "Change the trust indicator, as clients of old generations do",
    parameters: [.id], body: .reference("TrustChange"),
    responses: [.shown("Result"), .absent, .page(405, "The body does not name the trust indicator")]
      + OpenAPI.Response.written)
}

extension OpenAPI.Path {
  /// A path that lists records and takes new ones.
  fileprivate static func collection(
    _ path: String, of kind: String, _ list: String, parameters: [OpenAPI.Parameter] = [],
    filters: [OpenAPI.Parameter] = [], isRepeatable: Bool = false
  ) -> OpenAPI.Path {
    let lost = parameters.isEmpty ? [] : [OpenAPI.Response.absent]
    return OpenAPI.Path(
      path: path,
      operations: [
        OpenAPI.Operation(
          verb: "GET", id: "list\(list)", summary: "List them", parameters: parameters + filters,
          responses: [.shown(list)] + lost + OpenAPI.Response.always),
        OpenAPI.Operation(
          verb: "POST", id: "add\(kind)", summary: "Add one", parameters: parameters + (isRepeatable ? [.key] : []),
          body: .reference("New\(kind)"),
          responses: [.json(200, "Where it is", .reference("Created"))] + lost + OpenAPI.Response.written),
      ])
  }

  /// A path that shows, changes and removes a record.
  fileprivate static func record(_ path: String, of kind: String, _ parameters: [OpenAPI.Parameter]) -> OpenAPI.Path {
    OpenAPI.Path(
      path: path,
      operations: [
        .show(kind, parameters),
        OpenAPI.Operation(
          verb: "PUT", id: "change\(kind)", summary: "Change one", parameters: parameters,
          body: .reference("\(kind)Change"),
          responses: [.shown(kind), .absent] + OpenAPI.Response.written), .remove(kind, parameters),
      ])
  }

  /// A part of a scenario.
  fileprivate static func part(_ item: TestAPI.ScenarioEdit.Item) -> OpenAPI.Path {
    let locators = item.locators.map { locator in
      OpenAPI.Parameter(
        name: locator, place: .query, schema: .string(.withoutNUL), about: "Where it is", isRequired: true)
    }
    let operations = item.verbs.map { verb in
      OpenAPI.Operation(
        verb: verb, id: "\(words[verb] ?? "")_\(item.rawValue)", summary: "\(words[verb] ?? "") \(item.rawValue)",
        parameters: [.pathName] + locators, body: item.body(verb),
        responses: [.empty(200, "Done"), .absent, .page(409, "It is there already")] + OpenAPI.Response.written)
    }
    return OpenAPI.Path(path: "/api/v1/scenarios/{name}/\(item.rawValue)", operations: operations)
  }

  private static let words = ["POST": "add", "PUT": "replace", "DELETE": "remove"]
}

extension TestAPI.ScenarioEdit.Item {
  /// What the body is.
  fileprivate func body(_ verb: String) -> OpenAPI.Schema {
    switch self {
    case .scores: .reference("Score")
    case .trust: .reference("Trust")
    case .owner: .reference("Owner")
    case _ where verb == "DELETE" || self == .customs: .array(of: TestAPIDialect.nameSchema)
    case .projects: .array(of: .reference("ScenarioProject"))
    case .versions: .array(of: .reference("ScenarioVersion"))
    case .customs, .installers: .array(of: .reference("ScenarioInstaller"))
    }
  }
}
