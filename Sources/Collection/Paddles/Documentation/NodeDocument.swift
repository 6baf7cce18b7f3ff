extension PaddlesDialect {
  static let nodePaths: [OpenAPI.Path] = []
  static let nodeSchemas: [(name: String, schema: OpenAPI.Schema)] = []
}
