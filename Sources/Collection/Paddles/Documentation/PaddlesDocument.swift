extension PaddlesDialect {
  /// What is served, in OpenAPI's words.
  static let document = OpenAPI.Document(
    name: "Paddles", paths: runPaths + jobPaths + nodePaths, schemas: runSchemas + jobSchemas + nodeSchemas)

  var document: OpenAPI.Document { Self.document }
}

extension OpenAPI.Schema {
  /// A time: naive UTC.
  static let paddlesTime = string(OpenAPI.Text(pattern: #"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{6})?$"#))

  /// Where something is: an array of one string.
  static let paddlesHref = array(of: string())
}

extension OpenAPI.Parameter {
  /// The number of elements in a list, and which part of it is shown.
  static func paddlesPage(_ usual: Int) -> [OpenAPI.Parameter] {
    [
      OpenAPI.Parameter(
        name: "count", place: .query, schema: .integer(from: 0), about: "The most elements, \(usual) unless said"),
      OpenAPI.Parameter(name: "page", place: .query, schema: .integer(), about: "Which part, from 1"),
    ]
  }

  /// A text in the query.
  static func paddlesText(_ name: String, _ about: String) -> OpenAPI.Parameter {
    OpenAPI.Parameter(name: name, place: .query, schema: .string(), about: about)
  }

  /// What makes a repeated request known.
  static let paddlesKey = OpenAPI.Parameter(
    name: "Idempotency-Key", place: .header, schema: .string(OpenAPI.Text(pattern: "^[A-Za-z0-9._-]{1,255}$")),
    about: "The same key again adds nothing")
}

extension OpenAPI.Response {
  /// What a refusal says.
  static func paddlesRefusal(_ status: Int, _ about: String) -> OpenAPI.Response {
    .json(status, about, .reference("Message"))
  }

  /// What every call may be answered.
  static let paddlesRead: [OpenAPI.Response] = [
    .paddlesRefusal(400, "A parameter or the body makes no sense"), .paddlesRefusal(414, "Path and query are too long"),
    .paddlesRefusal(503, "The store failed: nothing was kept, send again"),
  ]

  /// What every call that writes may be answered.
  static let paddlesWritten: [OpenAPI.Response] =
    paddlesRead + [
      .json(200, "Done", .reference("Nothing")), .paddlesRefusal(401, "A token is needed"),
      .paddlesRefusal(403, "The token is not for this"), .paddlesRefusal(413, "The body is too large"),
    ]

  /// There is nothing of that name.
  static let paddlesNoPage = OpenAPI.Response.page(404, "There is none of that name")
}
