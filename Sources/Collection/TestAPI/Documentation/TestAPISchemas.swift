import Dialects

extension OpenAPI.Schema {
  /// A name: a string of at most 1,024 bytes that is not empty and holds no NUL.
  fileprivate static let name = OpenAPI.Schema.string(
    OpenAPI.Text(minLength: 1, maxLength: TestAPI.nameLimit, pattern: #"^[^\u0000]*$"#))
  /// An id of 24 hexadecimal digits.
  private static let id = OpenAPI.Schema.string(OpenAPI.Text(pattern: "^[0-9a-f]{24}$"))
  /// Any value, less strings with a NUL.
  private static let value = OpenAPI.Schema.reference("Value")

  /// The schemas of the Test API.
  fileprivate static let all: [(name: String, schema: OpenAPI.Schema)] =
    [
      (
        "Value",
        .nullable(
          .either([
            .string(OpenAPI.Text(pattern: #"^[^\u0000]*$"#)), .number, .boolean, .array(of: .any),
            .object([], others: true),
          ]))
      ),
      ("Created", .object([.required("href", .string())])),
      (
        "Versions",
        .object([
          .required(
            "versions", .array(of: .object([.required("version", .string()), .required("description", .string())])))
        ])
      ),
      (
        "Profile",
        .object([
          .required("fullname", .string()), .required("user", .string()), .required("groups", .array(of: .string())),
          .required("email", .string()),
        ])
      ),
    ] + pods + projects + cases + results + deployResults + scenarios

  private static let pods: [(name: String, schema: OpenAPI.Schema)] = [
    (
      "NewPod",
      .object(
        [.required("name", name)] + ["mode", "role", "details"].map { .optional($0, value) }, others: true)
    ),
    (
      "Pod",
      .object(
        [.required("_id", id), .required("name", .string())] + ["mode", "role", "details"].map { .required($0, .any) }
          + [.required("creator", .string()), .required("creation_date", .string())])
    ), ("Pods", .object([.required("pods", .array(of: .reference("Pod")))])),
  ]

  private static let projects: [(name: String, schema: OpenAPI.Schema)] = [
    ("NewProject", .object([.required("name", name), .optional("description", value)], others: true)),
    (
      "ProjectChange",
      .object([
        .optional("_id", value), .optional("creation_date", value), .optional("creator", value),
        .optional("name", .nullable(name)), .optional("description", value),
      ])
    ),
    (
      "Project",
      .object([
        .required("_id", id), .required("name", .string()), .required("description", .any),
        .required("creator", .string()), .required("creation_date", .string()),
      ])
    ), ("Projects", .object([.required("projects", .array(of: .reference("Project")))])),
  ]

  private static let cases: [(name: String, schema: OpenAPI.Schema)] = {
    let attributes = TestAPI.TestCase.Attribute.allCases.map(\.rawValue)
    return [
      ("NewCase", .object([.required("name", name)] + attributes.map { .optional($0, value) }, others: true)),
      (
        "CaseChange",
        .object(
          [.optional("name", .nullable(name))]
            + (["_id", "creation_date", "project_name"] + attributes).map { .optional($0, value) })
      ),
      (
        "Case",
        .object(
          [.required("_id", id), .required("project_name", .string()), .required("name", .string())]
            + attributes.map { .required($0, .any) } + [.required("creation_date", .string())])
      ), ("Cases", .object([.required("testcases", .array(of: .reference("Case")))])),
    ]
  }()

  private static let trust = OpenAPI.Schema.either([
    .number,
    .object([.optional("current", .nullable(.number)), .optional("histories", .nullable(.array(of: .any)))]),
  ])
  private static let criteria = OpenAPI.Schema.nullable(
    .string(OpenAPI.Text(pattern: "^([Pp][Aa][Ss][Ss]|[Ff][Aa][Ii][Ll])$")))
  private static let pagination = OpenAPI.Schema.object([
    .required("current_page", .integer(from: 1)), .required("total_pages", .integer(from: 0)),
  ])

  private static let results: [(name: String, schema: OpenAPI.Schema)] = {
    let values = ["installer", "version", "scenario", "build_tag", "start_date", "stop_date"]
    let names = ["pod_name", "project_name", "case_name"]
    return [
      (
        "NewResult",
        .object(
          names.map { .required($0, name) } + values.map { .optional($0, value) }
            + [
              .optional("criteria", criteria), .optional("details", .any),
              .optional("trust_indicator", .nullable(trust)),
            ], others: true)
      ), ("TrustChange", .object([.required("trust_indicator", trust)], others: true)),
      (
        "Result",
        .object(
          [.required("_id", id)] + names.map { .required($0, .string()) } + values.map { .required($0, .any) }
            + [.required("criteria", criteria), .required("details", .any), .optional("trust_indicator", trust)])
      ),
      (
        "Results",
        .object([.required("results", .array(of: .reference("Result"))), .optional("pagination", pagination)])
      ),
    ]
  }()

  private static let deployResults: [(name: String, schema: OpenAPI.Schema)] = {
    let values = TestAPI.DeployResult.Field.allCases.map(\.rawValue)
    let required: [OpenAPI.Property] = ["pod_name", "installer", "scenario"].map { .required($0, name) }
    let optional = values.filter { !["installer", "scenario", "criteria"].contains($0) }
    return [
      (
        "NewDeployResult",
        .object(
          required + optional.map { .optional($0, value) }
            + [.optional("criteria", criteria), .optional("details", .any)], others: true)
      ),
      (
        "DeployResult",
        .object(
          [.required("_id", id), .required("pod_name", .string())]
            + values.map { .required($0, $0 == "criteria" ? criteria : .any) } + [.required("details", .any)])
      ),
      (
        "DeployResults",
        .object([
          .required("deployresults", .array(of: .reference("DeployResult"))), .optional("pagination", pagination),
        ])
      ),
    ]
  }()

  private static let scenarios: [(name: String, schema: OpenAPI.Schema)] = [
    ("Score", .object([.optional("date", .any), .optional("score", .any)])),
    ("Trust", .object([.optional("date", .any), .optional("status", .any)])),
    ("Owner", .object([.optional("owner", .any)], others: true)),
    (
      "ScenarioProject",
      .object([
        .required("project", name), .optional("customs", .nullable(.array(of: name))),
        .optional("scores", .nullable(.array(of: .reference("Score")))),
        .optional("trust_indicators", .nullable(.array(of: .reference("Trust")))),
      ])
    ),
    (
      "ScenarioVersion",
      .object([
        .required("version", name), .optional("owner", .any),
        .optional("projects", .nullable(.array(of: .reference("ScenarioProject")))),
      ])
    ),
    (
      "ScenarioInstaller",
      .object([
        .required("installer", name), .optional("versions", .nullable(.array(of: .reference("ScenarioVersion")))),
      ])
    ),
    (
      "NewScenario",
      .object(
        [
          .required("name", name),
          .optional("installers", .nullable(.array(of: .reference("ScenarioInstaller")))),
        ], others: true)
    ),
    (
      "ScenarioChange",
      .object([
        .optional("_id", value), .optional("creation_date", value), .optional("name", .nullable(name)),
      ])
    ),
    (
      "Scenario",
      .object([
        .required("_id", id), .required("name", .string()), .required("creation_date", .string()),
        .required("installers", .array(of: .reference("ScenarioInstaller"))),
      ])
    ), ("Scenarios", .object([.required("scenarios", .array(of: .reference("Scenario")))])),
  ]
}

extension TestAPIDialect {
  /// The schemas that the paths refer to.
  static let schemas = OpenAPI.Schema.all

  /// The schema of a name.
  static let nameSchema = OpenAPI.Schema.name
}
