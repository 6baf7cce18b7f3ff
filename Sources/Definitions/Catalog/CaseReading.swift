import Model

extension CatalogFile {
  /// A case; nil if it has no usable name. Everything else that is wrong with it is reported all the same.
  func testcase(_ node: YAMLNode, tier: String) -> CaseDefinition? {
    guard var fields = Fields(node, "case", findings) else { return nil }
    let name = caseName(fields)
    fields.subject = "case \(name ?? "?")"
    let own = generation.isOwn
    fields.warnOfUnknown(
      known: own ? CatalogKeys.testcase : CatalogKeys.upstreamCase,
      foreign: own ? nil : (CatalogKeys.testcase, CatalogKeys.advice))
    var definition = CaseDefinition(name: name ?? "?", tier: tier, folder: folder, location: fields.location)
    definition.project = project(fields)
    definition.description = description(fields)
    definition.isEnabled = fields.bool("enabled") ?? true
    definition.isBlocking = blocking(fields)
    definition.criteria = criteria(fields)
    definition.dependencies = dependencies(fields)
    definition.run = run(fields)
    if own { readOwn(fields, into: &definition) }
    return name == nil ? nil : definition
  }

  private func caseName(_ fields: Fields) -> String? {
    if generation.isOwn, fields["name"] != nil, fields["case_name"] != nil {
      findings.error(
        "the case has both `name` and `case_name`", at: fields.location(of: "name"), hint: "keep `case_name`")
    }
    let key = fields["case_name"] != nil ? "case_name" : "name"
    if fields.value(key) == nil {
      findings.error("the case has no name", at: fields.location, hint: "write `case_name: NAME`")
    }
    return fields.name(key)
  }

  private func project(_ fields: Fields) -> String {
    if generation == .euphrates || generation == .xtesting, fields.value("project_name") == nil {
      findings.warn("\(fields.subject) has no `project_name`; it counts as functest's", at: fields.location)
    }
    guard let node = fields.value("project_name"), let name = fields.text("project_name") else { return "functest" }
    if !isPathComponent(name) || name.utf8.first == UInt8(ascii: " ") {
      findings.error("\(fields.subject): the project's name cannot be used in an address", at: node.location)
    }
    return name
  }

  private func blocking(_ fields: Fields) -> Bool {
    if let isBlocking = fields.bool("blocking") { return isBlocking }
    if generation == .colorado || generation == .euphrates, fields.value("blocking") == nil {
      findings.warn(
        "\(fields.subject) does not say whether it is blocking; it counts as not", at: fields.location,
        hint: "this release requires `blocking: true` or `blocking: false`")
    }
    return generation.blocksByDefault
  }

  private func criteria(_ fields: Fields) -> Criteria {
    guard let node = fields["criteria"] else { return .percentage(100) }
    let threshold: Double
    switch node.scalar?.value {
    case .integer(let value)?: threshold = Double(value)
    case .float(let value)?: threshold = value
    case .text(let text)?: return expression(text, fields, node)
    case .null? where !generation.isOwn: threshold = 0
    default: return fields.wrong("criteria", node, "must be a percentage from 0 to 100") ?? .percentage(100)
    }
    guard threshold >= 0, threshold <= 100 else {
      return fields.wrong("criteria", node, "must be a percentage from 0 to 100") ?? .percentage(100)
    }
    if threshold == 0 {
      findings.warn("\(fields.subject): with criteria 0 the case never passes", at: node.location)
    }
    return .percentage(threshold)
  }

  private func expression(_ text: String, _ fields: Fields, _ node: YAMLNode) -> Criteria {
    let known = ["success_rate", "status", "ret"].contains { text.hasPrefix($0) } && text.contains("=")
    if generation.isOwn, !known {
      findings.error(
        "\(fields.subject): `criteria` must be a percentage from 0 to 100, and is \(node.kind)", at: node.location,
        hint: "write `criteria: 90`")
    }
    return .expression(text)
  }

  private func readOwn(_ fields: Fields, into definition: inout CaseDefinition) {
    definition.domain = fields.name("domain") ?? definition.tier
    definition.files = files(fields)
    definition.timeout = fields.duration("timeout")
    definition.retries = fields.integer("retries", in: 0...10).map(Int.init)
    definition.locks = locks(fields)
    definition.requires = requires(fields)
    definition.artifacts = confined(fields, "artifacts").map(\.text)
    definition.weight = fields.duration("weight")
    if let node = fields.value("on") {
      definition.onEachNode = node.scalar?.text == "each-node"
      if !definition.onEachNode { _ = fields.wrong("on", node, "can only be `each-node`") as String? }
    }
    if let node = fields.value("output_limit") {
      definition.outputLimit = node.scalar.flatMap { Quantity.bytes($0.text) }
      if definition.outputLimit.map({ $0 >= 1024 }) != true {
        _ = fields.wrong("output_limit", node, "must be bytes, or like `64 KiB` or `2 GiB`; at least 1 KiB") as String?
      }
    }
  }
}
