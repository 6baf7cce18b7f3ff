import Dialects

extension PaddlesDialect {
  static let queuePaths: [OpenAPI.Path] = [
    OpenAPI.Path(path: "/queue/", operations: [listQueues, writeQueue("POST"), writeQueue("PUT")]),
    OpenAPI.Path(path: "/queue/pop_queue/", operations: [popQueue]),
    OpenAPI.Path(path: "/queue/stats/", operations: [queueStats]),
    OpenAPI.Path(path: "/queue/queued_jobs/", operations: [queuedJobs]),
  ]

  private static let queue = OpenAPI.Parameter(
    name: "queue", place: .query, schema: text(from: 1), about: "The queue's name", isRequired: true)

  private static let listQueues = OpenAPI.Operation(
    verb: "GET", id: "listQueues", summary: "Queues, and whether they stand",
    parameters: [
      .paddlesText("machine_type", "The queue of a type; of several, with | between, it is `multi`"),
      .paddlesText("paused_by", "Who stopped it last"),
    ], responses: [.json(200, "The queues", .array(of: .reference("Queue")))] + OpenAPI.Response.paddlesRead)

  private static func writeQueue(_ verb: String) -> OpenAPI.Operation {
    OpenAPI.Operation(
      verb: verb, id: verb == "POST" ? "addQueue" : "changeQueue",
      summary: verb == "POST" ? "Add a queue" : "Stop a queue for some time", body: .reference("QueueChange"),
      responses: OpenAPI.Response.paddlesWritten)
  }

  private static let popQueue = OpenAPI.Operation(
    verb: "GET", id: "popQueue", summary: "The job that is next, which stays where it is; 503 while the queue stands",
    parameters: [queue],
    responses: [.json(200, "The job, or null", .nullable(.reference("Job")))] + OpenAPI.Response.paddlesRead)

  private static let queueStats = OpenAPI.Operation(
    verb: "GET", id: "queueStats", summary: "How many jobs wait", parameters: [queue],
    responses: [.json(200, "How many", .reference("QueueStats"))] + OpenAPI.Response.paddlesRead)

  private static let queuedJobs = OpenAPI.Operation(
    verb: "POST", id: "queuedJobs", summary: "Which jobs wait: of a run, of a user in the queue, or in the queue",
    parameters: [.paddlesText("run_name", "The run's name"), .paddlesText("user", "Who scheduled them")],
    body: .object([.required("queue", text(from: 1))], others: true),
    responses: [.json(200, "The jobs", .array(of: .reference("Job")))]
      + OpenAPI.Response.paddlesWritten.filter { $0.status != 200 })

  static let queueSchemas: [(name: String, schema: OpenAPI.Schema)] = [
    ("Queue", .object([.required("queue", .string()), .required("paused", .boolean)] + pause(isRequired: true))),
    (
      "QueueStats",
      .object(
        [
          .required("queue", .string()), .required("queued_jobs", .integer(from: 0)), .required("paused", .boolean),
        ] + pause(isRequired: false))
    ),
    (
      "QueueChange",
      .object(
        [
          .required("queue", text(from: 1)), .optional("paused_by", .nullable(text())),
          .optional("pause_duration", .nullable(.number)), .optional("paused_since", .nullable(.paddlesTime)),
          .optional("paused_until", .nullable(.paddlesTime)),
        ], others: true)
    ),
  ]

  private static func pause(isRequired: Bool) -> [OpenAPI.Property] {
    [
      OpenAPI.Property(name: "paused_by", schema: .nullable(.string()), isRequired: isRequired),
      OpenAPI.Property(name: "paused_since", schema: .nullable(.paddlesTime), isRequired: isRequired),
      OpenAPI.Property(name: "paused_until", schema: .nullable(.paddlesTime), isRequired: isRequired),
    ]
  }
}
