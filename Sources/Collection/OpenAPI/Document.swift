extension OpenAPI {
  /// What a dialect serves. Paths are written without the base that it is mounted at.
  struct Document: Sendable {
    /// The dialect, as readers see it; no blanks.
    var name: String
    /// The paths.
    var paths: [Path] = []
    /// Schemas that others refer to, by name.
    var schemas: [(name: String, schema: Schema)] = []
  }

  /// A path and what can be done there.
  struct Path: Sendable {
    /// The path, with `{name}` for a parameter.
    var path: String
    /// What can be done, each with another verb.
    var operations: [Operation]
  }

  /// A verb at a path.
  struct Operation: Sendable {
    /// `GET` …
    var verb: String
    /// A name of its own within the document.
    var id: String
    /// What it does, in a few words.
    var summary: String
    /// Parameters in path, query and header.
    var parameters: [Parameter] = []
    /// The body it takes as JSON; nil: none.
    var body: Schema?
    /// Whether the body must be sent.
    var needsBody = true
    /// How it answers, every status that can come.
    var responses: [Response]
  }

  /// A parameter.
  struct Parameter: Sendable {
    /// Where it stands.
    enum Place: String, Sendable { case path, query, header }

    /// Its name.
    var name: String
    /// Where it stands.
    var place: Place
    /// What it may be.
    var schema: Schema
    /// What it does.
    var about: String = ""
    /// Whether it must be sent; those in the path always must.
    var isRequired = false
  }

  /// An answer.
  struct Response: Sendable {
    /// The status code.
    var status: Int
    /// When it comes.
    var about: String
    /// The type of its body; nil: it has none.
    var type: String?
    /// What the body is.
    var schema: Schema = .any

    /// An answer in JSON.
    static func json(_ status: Int, _ about: String, _ schema: Schema) -> Response {
      Response(status: status, about: about, type: "application/json", schema: schema)
    }

    /// An answer in HTML.
    static func page(_ status: Int, _ about: String) -> Response {
      Response(status: status, about: about, type: "text/html", schema: .string())
    }

    /// An answer without a body.
    static func empty(_ status: Int, _ about: String) -> Response { Response(status: status, about: about) }
  }

  /// Several documents as one in JSON: OpenAPI 3.0.3.
  /// - Parameters:
  ///   - title: what is described.
  ///   - version: of what release.
  ///   - parts: documents, each with the base path it is served under, as `/paddles`; the empty string for the root.
  static func json(title: String, version: String, _ parts: [(base: String, document: Document)]) -> String {
    let paths = parts.flatMap { part in
      part.document.paths.map { (part.base + $0.path, part.document.json($0)) }
    }
    let schemas = parts.flatMap { part in
      part.document.schemas.map { ("\(part.document.name).\($0.name)", $0.schema.json(part.document.place)) }
    }
    return JSONText.object([
      ("openapi", #""3.0.3""#),
      ("info", JSONText.object([("title", JSONText.string(title)), ("version", JSONText.string(version))])),
      ("paths", JSONText.object(paths)), ("components", JSONText.object([("schemas", JSONText.object(schemas))])),
    ])
  }
}

extension OpenAPI.Document {
  /// Where a schema of this document stands in the whole.
  fileprivate func place(of schema: String) -> String { "#/components/schemas/\(name).\(schema)" }

  fileprivate func json(_ path: OpenAPI.Path) -> String {
    JSONText.object(path.operations.map { ($0.verb.lowercased(), json($0)) })
  }

  private func json(_ operation: OpenAPI.Operation) -> String {
    let body = operation.body.map { schema in
      JSONText.object([
        ("required", operation.needsBody ? "true" : "false"), ("content", content("application/json", schema)),
      ])
    }
    return JSONText.object([
      ("operationId", JSONText.string("\(name).\(operation.id)")), ("summary", JSONText.string(operation.summary)),
      ("tags", JSONText.array([JSONText.string(name)])),
      ("parameters", operation.parameters.isEmpty ? nil : JSONText.array(operation.parameters.map(json))),
      ("requestBody", body),
      ("responses", JSONText.object(operation.responses.map { ("\($0.status)", json($0)) })),
    ])
  }

  private func json(_ parameter: OpenAPI.Parameter) -> String {
    JSONText.object([
      ("name", JSONText.string(parameter.name)), ("in", JSONText.string(parameter.place.rawValue)),
      ("required", parameter.isRequired || parameter.place == .path ? "true" : "false"),
      ("description", parameter.about.isEmpty ? nil : JSONText.string(parameter.about)),
      ("schema", parameter.schema.json(place)),
    ])
  }

  private func json(_ response: OpenAPI.Response) -> String {
    JSONText.object([
      ("description", JSONText.string(response.about)),
      ("content", response.type.map { content($0, response.schema) }),
    ])
  }

  private func content(_ type: String, _ schema: OpenAPI.Schema) -> String {
    JSONText.object([(type, JSONText.object([("schema", schema.json(place))]))])
  }
}
