import Dialects

extension PaddlesDialect {
  static let runPaths: [OpenAPI.Path] =
    [
      OpenAPI.Path(
        path: "/",
        operations: [
          OpenAPI.Operation(
            verb: "GET", id: "root", summary: "Nothing: paddles is here",
            responses: [.json(200, "It is here", .reference("Nothing"))] + OpenAPI.Response.paddlesRead)
        ]),
      OpenAPI.Path(path: "/runs/", operations: [latest, addRun]),
      OpenAPI.Path(path: "/runs/{name}/", operations: [showRun, removeRun]),
      OpenAPI.Path(path: "/runs/queued/", operations: [list("queuedRuns", "Runs with queued jobs, the soonest first")]),
    ] + filters + [
      OpenAPI.Path(
        path: "/runs/date/from/{from}/to/{to}/",
        operations: [
          list(
            "runsOfDays", "The runs that are scheduled from one day to another",
            [OpenAPI.Parameter(name: "from", place: .path, schema: day), .init(name: "to", place: .path, schema: day)])
        ])
    ]

  static let runName = OpenAPI.Parameter(
    name: "name", place: .path,
    schema: .string(OpenAPI.Text(minLength: 1, maxLength: Paddles.nameLimit)), about: "The run's name")

  private static let day = OpenAPI.Schema.string(
    OpenAPI.Text(pattern: #"^(today|yesterday|20\d\d-(0[1-9]|1[0-2])-[012]\d)$"#))

  private static let latest = OpenAPI.Operation(
    verb: "GET", id: "listRuns", summary: "The newest runs",
    parameters: OpenAPI.Parameter.paddlesPage(Paddles.usualCount) + [
      .paddlesText("fields", "Only these fields, with commas between")
    ],
    responses: [
      .json(200, "The runs", .either([.array(of: .reference("Run")), .array(of: .reference("RunFields"))]))
    ] + OpenAPI.Response.paddlesRead)

  private static let addRun = OpenAPI.Operation(
    verb: "POST", id: "addRun", summary: "Add a run", parameters: [.paddlesKey], body: .reference("NewRun"),
    responses: OpenAPI.Response.paddlesWritten)

  private static let showRun = OpenAPI.Operation(
    verb: "GET", id: "showRun", summary: "A run with all of its jobs", parameters: [runName],
    responses: [.json(200, "The run", .reference("RunWithJobs")), .paddlesNoPage] + OpenAPI.Response.paddlesRead)

  private static let removeRun = OpenAPI.Operation(
    verb: "DELETE", id: "removeRun", summary: "Remove a run with its jobs", parameters: [runName],
    responses: [.paddlesRefusal(404, "There is no such run")] + OpenAPI.Response.paddlesWritten)

  private static func list(_ id: String, _ summary: String, _ parameters: [OpenAPI.Parameter] = []) -> OpenAPI.Operation
  {
    OpenAPI.Operation(
      verb: "GET", id: id, summary: summary, parameters: parameters,
      responses: [.json(200, "The runs", .array(of: .reference("Run")))] + OpenAPI.Response.paddlesRead)
  }

  /// The values of each field, and the runs of each value. Chains of them are no different.
  private static let filters: [OpenAPI.Path] = Paddles.RunQuery.Field.allCases.flatMap { field in
    let name = field == .flavor ? "flavors" : field.rawValue
    let value = OpenAPI.Parameter(
      name: "value", place: .path, schema: field == .date ? day : .string(OpenAPI.Text(minLength: 1, maxLength: 256)))
    let since = OpenAPI.Parameter(
      name: "since", place: .query, schema: day, about: "Only what is scheduled for that day or later")
    let page = OpenAPI.Parameter.paddlesPage(Paddles.usualCount) + (field == .date ? [] : [since])
    return [
      OpenAPI.Path(
        path: "/runs/\(name)/",
        operations: [
          OpenAPI.Operation(
            verb: "GET", id: "\(name)Values", summary: "The values that runs have there",
            responses: [.json(200, "The values", .array(of: .string()))] + OpenAPI.Response.paddlesRead)
        ]),
      OpenAPI.Path(
        path: "/runs/\(name)/{value}/",
        operations: [list("runsBy_\(name)", "The runs of a value, what is scheduled last first", [value] + page)]),
    ]
  }

  static let runSchemas: [(name: String, schema: OpenAPI.Schema)] = [
    ("Nothing", .object([])), ("Message", .object([.required("message", .string())])),
    (
      "NewRun",
      .object([.required("name", .string(OpenAPI.Text(minLength: 1, maxLength: Paddles.nameLimit)))], others: true)
    ), ("Run", .object(run)),
    ("RunWithJobs", .object(run + [.required("jobs", .array(of: .reference("Job")))])),
    ("RunFields", .object(runFields)), ("Results", .object(results)),
  ]

  private static let results: [OpenAPI.Property] =
    (Paddles.JobStatus.allCases.map(\.rawValue) + ["total"]).map { .required($0, .integer(from: 0)) } + [
      .required("sha1", .nullable(.string())), .required("flavor", .nullable(.string())),
    ]

  private static let runStatus = OpenAPI.Schema.string(
    OpenAPI.Text(values: [
      "empty", "queued", "running", "waiting", "unknown", "finished pass", "finished dead", "finished fail",
    ]))

  private static let run: [OpenAPI.Property] = [
    .required("name", .string()), .required("href", .paddlesHref), .required("user", .string()),
    .required("status", runStatus), .required("results", .reference("Results")),
    .required("jobs_count", .integer(from: 0)), .required("posted", .paddlesTime), .required("scheduled", .paddlesTime),
    .required("started", .nullable(.paddlesTime)), .required("updated", .nullable(.paddlesTime)),
    .required("branch", .string()), .required("suite", .string()), .required("machine_type", .string()),
    .required("sha1", .nullable(.string())), .required("priority", .nullable(.integer())),
    .required("flavor", .nullable(.string())),
  ]

  private static let runFields: [OpenAPI.Property] = Paddles.Run.Field.allCases.map { field in
    let schema: OpenAPI.Schema =
      switch field {
      case .id: .integer(from: 1)
      case .name, .user, .suite, .branch, .machineType: .string()
      case .status: runStatus
      case .href: .paddlesHref
      case .scheduled, .posted: .paddlesTime
      case .started, .updated: .nullable(.paddlesTime)
      case .priority: .nullable(.integer())
      }
    return .optional(field.rawValue, schema)
  }
}
