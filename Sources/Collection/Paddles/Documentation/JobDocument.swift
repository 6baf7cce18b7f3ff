import Dialects

extension PaddlesDialect {
  static let jobPaths: [OpenAPI.Path] = [
    OpenAPI.Path(path: "/runs/{name}/jobs/", operations: [jobsOfRun, addJob]),
    OpenAPI.Path(path: "/runs/{name}/jobs/{job_id}/", operations: [showJob, changeJob, removeJob]),
    OpenAPI.Path(path: "/jobs/", operations: [allJobs]),
  ]

  private static let jobID = OpenAPI.Parameter(
    name: "job_id", place: .path, schema: .string(OpenAPI.Text(minLength: 1, maxLength: 32)), about: "The job's id")
  private static let noJob = OpenAPI.Response.paddlesRefusal(404, "There is no such job")

  private static let jobsOfRun = OpenAPI.Operation(
    verb: "GET", id: "listJobs", summary: "The jobs of a run, the newest first",
    parameters: [
      runName, .paddlesText("status", "Only those of that status"),
      .paddlesText("fields", "Only these fields, with commas between"),
    ],
    responses: [
      .json(200, "The jobs", .either([.array(of: .reference("Job")), .array(of: .reference("JobFields"))])),
      .paddlesNoPage,
    ] + OpenAPI.Response.paddlesRead)

  private static let addJob = OpenAPI.Operation(
    verb: "POST", id: "addJob", summary: "Add a job, and its run where that is new",
    parameters: [runName, .paddlesKey],
    body: .reference("JobChange"),
    responses: [.json(200, "Its id", .object([.required("job_id", .string())]))]
      + OpenAPI.Response.paddlesWritten.filter { $0.status != 200 })

  private static let showJob = OpenAPI.Operation(
    verb: "GET", id: "showJob", summary: "A job", parameters: [runName, jobID],
    responses: [.json(200, "The job", .reference("Job")), .paddlesNoPage] + OpenAPI.Response.paddlesRead)

  private static let changeJob = OpenAPI.Operation(
    verb: "PUT", id: "changeJob", summary: "Say something about a job; nothing new is a sign of life",
    parameters: [runName, jobID], body: .reference("JobChange"), responses: [noJob] + OpenAPI.Response.paddlesWritten)

  private static let removeJob = OpenAPI.Operation(
    verb: "DELETE", id: "removeJob", summary: "Remove a job", parameters: [runName, jobID],
    responses: [noJob] + OpenAPI.Response.paddlesWritten)

  private static let allJobs = OpenAPI.Operation(
    verb: "GET", id: "listAllJobs", summary: "Jobs of all runs, the newest first",
    parameters: [
      .paddlesText("description", "A text that the description holds"), .paddlesText("status", "Its status"),
      .paddlesText("sha1", "The commit that it tests"),
      .paddlesText("branch", "The branch, where no commit is asked for"),
      .paddlesText("user", "Who scheduled it"), .paddlesText("posted_after", "Made after that time"),
      .paddlesText("posted_before", "Made before that time"),
    ] + OpenAPI.Parameter.paddlesPage(Paddles.JobQuery.usualCount),
    responses: [.json(200, "The jobs", .array(of: .reference("Job")))] + OpenAPI.Response.paddlesRead)

  static let jobSchemas: [(name: String, schema: OpenAPI.Schema)] = [
    (
      "Job",
      .object(
        [.required(Paddles.Job.logKey, .string())] + kept.map { .required($0.name, $0.schema) }
          + times.map { .required($0.name, $0.schema) })
    ),
    (
      "JobFields",
      .object(
        ([
          ("id", .integer(from: 1)), ("run_id", .integer(from: 1)), ("href", .paddlesHref),
          (Paddles.Job.logKey, .string()),
        ] + kept + times + Paddles.Job.unwritableKeys.map { ($0, .nullable(.string())) }).map { .optional($0.0, $0.1) })
    ),
    (
      "JobChange",
      .object(
        Paddles.Job.Key.allCases.map { .optional($0.rawValue, sent($0)) } + [.optional("updated", .string())],
        others: true)
    ),
  ]

  private static let times: [(name: String, schema: OpenAPI.Schema)] = [
    ("posted", .paddlesTime), ("started", .nullable(.paddlesTime)), ("updated", .paddlesTime),
  ]

  private static let kept: [(name: String, schema: OpenAPI.Schema)] = Paddles.Job.Key.allCases.map { key in
    switch key {
    case .jobID: (key.rawValue, .string())
    case .status: (key.rawValue, jobStatus)
    default:
      switch key.kind {
      case .text: (key.rawValue, .nullable(.string()))
      case .integer: (key.rawValue, .nullable(.integer()))
      case .boolean: (key.rawValue, .nullable(.boolean))
      case .time: (key.rawValue, .nullable(.paddlesTime))
      case .json: (key.rawValue, .any)
      }
    }
  }

  private static let jobStatus = OpenAPI.Schema.string(
    OpenAPI.Text(values: Paddles.JobStatus.allCases.map(\.rawValue)))

  /// What a client may send under a key.
  private static func sent(_ key: Paddles.Job.Key) -> OpenAPI.Schema {
    if key == .status { return jobStatus }
    switch key.kind {
    case .text(let limit): return .nullable(.string(OpenAPI.Text(maxLength: limit)))
    case .integer: return .nullable(.integer(from: -(1 << 62), to: 1 << 62))
    case .boolean: return .nullable(.boolean)
    case .time: return .nullable(.string(OpenAPI.Text(pattern: #"^20\d\d-0[1-9]-[01][1-9]_[01]\d:[0-5]\d:[0-5]\d$"#)))
    case .json: return .any
    }
  }
}
