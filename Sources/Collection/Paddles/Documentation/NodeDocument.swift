import Dialects

extension PaddlesDialect {
  static let nodePaths: [OpenAPI.Path] =
    [
      OpenAPI.Path(path: "/nodes/", operations: [listNodes, addNode]),
      OpenAPI.Path(path: "/nodes/{name}/", operations: [showNode, changeNode, removeNode]),
      OpenAPI.Path(path: "/nodes/{name}/lock/", operations: [lockNode("PUT"), lockNode("POST")]),
      OpenAPI.Path(path: "/nodes/{name}/jobs/", operations: [jobsOfNode]),
      OpenAPI.Path(path: "/nodes/{name}/job_stats/", operations: [statsOfNode]),
      OpenAPI.Path(path: "/nodes/lock_many/", operations: [lockMany]),
      OpenAPI.Path(path: "/nodes/unlock_many/", operations: [unlockMany]),
      OpenAPI.Path(path: "/nodes/machine_types/", operations: [machineTypes]),
      OpenAPI.Path(path: "/nodes/job_stats/", operations: [statsOfNodes]),
    ] + queuePaths

  private static let node = OpenAPI.Parameter(
    name: "name", place: .path, schema: .string(OpenAPI.Text(minLength: 1, maxLength: Paddles.textLimit)),
    about: "The node's name")
  private static let noNode = OpenAPI.Response.paddlesRefusal(404, "There is no such node")
  private static let types = OpenAPI.Parameter.paddlesText("machine_type", "A type, or several with | between")

  private static func flag(_ name: String, _ about: String) -> OpenAPI.Parameter {
    OpenAPI.Parameter(
      name: name, place: .query, schema: .string(OpenAPI.Text(values: ["0", "1", "true", "false", "True", "False"])),
      about: about)
  }

  private static let listNodes = OpenAPI.Operation(
    verb: "GET", id: "listNodes", summary: "Nodes in the order they were added",
    parameters: [
      flag("locked", "Locked ones or free ones"), flag("up", "Those that may be used, or may not"), types,
      .paddlesText("os_type", "Their system"), .paddlesText("os_version", "Its version"),
      .paddlesText("locked_by", "Whose they are"),
      OpenAPI.Parameter(name: "count", place: .query, schema: .integer(from: 0), about: "The most nodes"),
    ],
    responses: [.json(200, "The nodes", .array(of: .reference("Node")))] + OpenAPI.Response.paddlesRead)

  private static let addNode = OpenAPI.Operation(
    verb: "POST", id: "addNode", summary: "Add a node", body: .reference("NewNode"),
    responses: OpenAPI.Response.paddlesWritten)

  private static let showNode = OpenAPI.Operation(
    verb: "GET", id: "showNode", summary: "A node", parameters: [node],
    responses: [.json(200, "The node", .reference("Node")), noNode] + OpenAPI.Response.paddlesRead)

  private static let changeNode = OpenAPI.Operation(
    verb: "PUT", id: "changeNode", summary: "Say something about a node, by the rules of locks", parameters: [node],
    body: .reference("NodeChange"), responses: [noNode] + OpenAPI.Response.paddlesWritten)

  private static let removeNode = OpenAPI.Operation(
    verb: "DELETE", id: "removeNode", summary: "Remove a node; jobs and nodes that name it stay", parameters: [node],
    responses: [noNode] + OpenAPI.Response.paddlesWritten)

  private static func lockNode(_ verb: String) -> OpenAPI.Operation {
    OpenAPI.Operation(
      verb: verb, id: "lockNode\(verb)", summary: "Lock or unlock a node", parameters: [node],
      body: .reference("NodeChange"),
      responses: [.json(200, "How it is now", .reference("NodeLock")), noNode]
        + OpenAPI.Response.paddlesWritten.filter { $0.status != 200 })
  }

  private static let lockMany = OpenAPI.Operation(
    verb: "POST", id: "lockMany", summary: "Lock so many free nodes, or none: 503 where there are fewer",
    body: .reference("LockRequest"),
    responses: [.json(200, "The nodes", .array(of: .reference("Node")))]
      + OpenAPI.Response.paddlesWritten.filter { $0.status != 200 })

  private static let unlockMany = OpenAPI.Operation(
    verb: "POST", id: "unlockMany", summary: "Unlock all of these nodes, or none", body: .reference("UnlockRequest"),
    responses: [.json(200, "How they are now", .array(of: .reference("NodeLock")))]
      + OpenAPI.Response.paddlesWritten.filter { $0.status != 200 })

  private static let machineTypes = OpenAPI.Operation(
    verb: "GET", id: "machineTypes", summary: "The types of all nodes",
    responses: [.json(200, "The types", .array(of: .string()))] + OpenAPI.Response.paddlesRead)

  private static let statsOfNodes = OpenAPI.Operation(
    verb: "GET", id: "statsOfNodes", summary: "Jobs by status on each node that had any, who had the fewest first",
    parameters: [
      types,
      OpenAPI.Parameter(
        name: "since_days", place: .query, schema: .integer(from: 1), about: "Of so many days, 14 unless said"),
    ], responses: [.json(200, "Numbers by node and status", .object([], others: true))] + OpenAPI.Response.paddlesRead)

  private static let statsOfNode = OpenAPI.Operation(
    verb: "GET", id: "statsOfNode", summary: "Jobs of a node by status", parameters: [node],
    responses: [
      .json(
        200, "Numbers by status",
        .object(Paddles.JobStatus.allCases.map { .required($0.rawValue, .integer(from: 0)) })), .paddlesNoPage,
    ] + OpenAPI.Response.paddlesRead)

  private static let jobsOfNode = OpenAPI.Operation(
    verb: "GET", id: "jobsOfNode", summary: "Jobs that ran on a node, the newest first",
    parameters: [
      node, .paddlesText("name", "Only those of that name"), .paddlesText("status", "Only those of that status"),
      OpenAPI.Parameter(name: "count", place: .query, schema: .integer(from: 0), about: "The most jobs; 0: all"),
      OpenAPI.Parameter(name: "page", place: .query, schema: .integer(), about: "Which part, from 1"),
    ],
    responses: [.json(200, "The jobs", .array(of: .reference("Job"))), .paddlesNoPage] + OpenAPI.Response.paddlesRead)

  static let nodeSchemas: [(name: String, schema: OpenAPI.Schema)] =
    [
      ("Node", .object(shown)), ("NodeChange", .object(sent, others: true)),
      ("NewNode", .object([.required("name", text(from: 1))] + sent, others: true)),
      (
        "NodeLock",
        .object([
          .required("name", .string()), .required("locked", .boolean), .required("locked_by", .nullable(.string())),
          .required("machine_type", .nullable(.string())), .required("is_vm", .boolean),
        ])
      ),
      (
        "LockRequest",
        .object(
          [
            .required("count", .integer(from: 1, to: 1000)), .required("locked_by", text(from: 1)),
            .required("machine_type", text(from: 1)), .required("description", .nullable(text())),
          ] + ["os_type", "os_version", "arch"].map { .optional($0, .nullable(text())) }, others: true)
      ),
      (
        "UnlockRequest",
        .object([.required("names", .array(of: text(from: 1))), .required("locked_by", text(from: 1))])
      ),
    ] + queueSchemas

  /// A text that may be sent.
  static func text(from minLength: Int? = nil) -> OpenAPI.Schema {
    .string(OpenAPI.Text(minLength: minLength, maxLength: Paddles.textLimit, pattern: #"^[^\u0000]*$"#))
  }

  private static let shown: [OpenAPI.Property] = [
    .required("name", .string()), .required("description", .nullable(.string())), .required("up", .nullable(.boolean)),
    .required("machine_type", .nullable(.string())), .required("is_vm", .boolean),
    .required("vm_host", .nullable(.reference("Node"))), .required("os_type", .nullable(.string())),
    .required("os_version", .nullable(.string())), .required("arch", .nullable(.string())),
    .required("locked", .boolean), .required("locked_since", .nullable(.paddlesTime)),
    .required("locked_by", .nullable(.string())), .required("mac_address", .nullable(.string())),
    .required("ssh_pub_key", .nullable(.string())),
  ]

  private static let sent: [OpenAPI.Property] =
    Paddles.Node.Attribute.allCases.map { .optional($0.rawValue, .nullable(text())) } + [
      .optional("locked_by", .nullable(text())), .optional("vm_host", .nullable(text())),
      .optional("up", .nullable(.boolean)), .optional("is_vm", .nullable(.boolean)),
      .optional("locked", .nullable(.boolean)), .optional("locked_since", .nullable(.paddlesTime)),
    ]
}
