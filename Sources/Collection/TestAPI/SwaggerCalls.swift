import Dialects

extension TestAPIDialect {
  /// Swagger 1.2, where the original has it: a resource listing, one declaration of everything, and a page to read. All
  /// of it is made of the OpenAPI document.
  func swagger(_ document: Route.Swagger, _ call: Call) -> Reply {
    switch document {
    case .resources: .json(Array(Swagger.resources(call.root).utf8))
    case .declaration: .json(Array(Swagger.declaration(Self.document, call.root).utf8))
    case .page:
      Reply(
        status: 200, type: "text/html; charset=UTF-8", content: .whole(Array(Swagger.page(Self.document).utf8)))
    }
  }
}

/// The documents of Swagger 1.2.
private enum Swagger {
  /// What both documents say about themselves.
  private static func head(_ root: String) -> [(key: String, json: String?)] {
    [("apiVersion", #""v1.0""#), ("swaggerVersion", #""1.2""#), ("basePath", JSONText.string(root))]
  }

  static func resources(_ root: String) -> String {
    let listed = JSONText.object([
      ("path", #""/swagger/APIs""#), ("description", #""Restful APIs Specification""#),
    ])
    return JSONText.object(head(root) + [("apis", JSONText.array([listed]))])
  }

  static func declaration(_ document: OpenAPI.Document, _ root: String) -> String {
    let apis = document.paths.map { path in
      JSONText.object([
        ("path", JSONText.string(path.path)), ("operations", JSONText.array(path.operations.map(operation))),
      ])
    }
    let models = document.schemas.compactMap { name, schema in model(name, schema).map { (name, $0) } }
    return JSONText.object(
      head(root) + [
        ("resourcePath", #""/""#), ("produces", #"["application/json"]"#), ("apis", JSONText.array(apis)),
        ("models", JSONText.object(models)),
      ])
  }

  private static func operation(_ operation: OpenAPI.Operation) -> String {
    let body = operation.body.map { schema in
      JSONText.object([
        ("name", #""body""#), ("paramType", #""body""#), ("required", "true"), ("type", type(schema)),
      ])
    }
    let parameters = operation.parameters.map(parameter) + (body.map { [$0] } ?? [])
    let success = operation.responses.first { $0.status == 200 }
    let messages = operation.responses.map { response in
      JSONText.object([("code", "\(response.status)"), ("message", JSONText.string(response.about))])
    }
    return JSONText.object([
      ("method", JSONText.string(operation.verb)), ("httpMethod", JSONText.string(operation.verb)),
      ("nickname", JSONText.string(operation.id)), ("summary", JSONText.string(operation.summary)),
      ("type", success?.type == nil ? #""void""# : success.map { type($0.schema) }),
      ("parameters", JSONText.array(parameters)), ("responseMessages", JSONText.array(messages)),
    ])
  }

  private static func parameter(_ parameter: OpenAPI.Parameter) -> String {
    JSONText.object([
      ("name", JSONText.string(parameter.name)), ("paramType", JSONText.string(parameter.place.rawValue)),
      ("required", parameter.isRequired || parameter.place == .path ? "true" : "false"),
      ("type", type(parameter.schema)), ("description", JSONText.string(parameter.about)),
    ])
  }

  /// Swagger's models are flat: a member is a simple type, a list or another model.
  private static func model(_ name: String, _ schema: OpenAPI.Schema) -> String? {
    guard case .object(let properties, _) = schema else { return nil }
    return JSONText.object([
      ("id", JSONText.string(name)),
      ("required", JSONText.array(properties.filter(\.isRequired).map { JSONText.string($0.name) })),
      ("properties", JSONText.object(properties.map { ($0.name, property($0.schema)) })),
    ])
  }

  private static func property(_ schema: OpenAPI.Schema) -> String {
    switch schema {
    case .array(let element): JSONText.object([("type", #""array""#), ("items", property(element))])
    case .nullable(let schema): property(schema)
    case .reference(let name): JSONText.object([("$ref", JSONText.string(name))])
    default: JSONText.object([("type", type(schema))])
    }
  }

  private static func type(_ schema: OpenAPI.Schema) -> String {
    switch schema {
    case .string: #""string""#
    case .integer: #""integer""#
    case .number: #""number""#
    case .boolean: #""boolean""#
    case .array: #""array""#
    case .reference(let name): JSONText.string(name)
    case .nullable(let schema): type(schema)
    case .any, .object, .either: #""object""#
    }
  }

  static func page(_ document: OpenAPI.Document) -> String {
    let rows = document.paths.flatMap { path in
      path.operations.map { "<tr><td>\($0.verb)</td><td>\(path.path)</td><td>\($0.summary)</td></tr>" }
    }
    return """
      <!DOCTYPE html><html><head><meta charset="utf-8"><title>Test API</title></head><body><h1>Test API v1.0</h1>
      <p><a href="resources.json">resources.json</a> and <a href="APIs">APIs</a> say it in Swagger 1.2.</p>
      <table>\(rows.joined(separator: "\n"))</table></body></html>
      """
  }
}
