import Model

extension CatalogFile {
  /// How to run a case or a hook; nil if there is no `run`, or it is faulty.
  func run(_ fields: Fields) -> RunSpec? {
    guard let node = fields.value("run"), let inner = Fields(node, "\(fields.subject): run", findings) else {
      return nil
    }
    inner.warnOfUnknown(known: CatalogKeys.run)
    let environment = inner.environment("env", null: generation.isOwn ? nil : "None")
    var args: [String: JSONValue] = [:]
    if let node = inner.value("args") {
      if node.mapping == nil {
        findings.error("\(inner.subject): `args` must be a mapping, and is \(node.kind)", at: node.location)
      }
      args = node.json(findings).object ?? [:]
    }
    let entry = pythonClass(inner)
    let name = inner.text("name")
    switch (name, entry) {
    case (nil, let entry?): return RunSpec(driver: "xtesting", entry: entry, args: args, environment: environment)
    case (nil, nil):
      if inner["module"] == nil, inner["class"] == nil {
        findings.error(
          "\(inner.subject) names nothing to run", at: inner.location,
          hint: "write `name: DRIVER`, or `module:` and `class:`")
      }
      return nil
    case ("xtesting"?, _) where generation.isOwn:
      return xtesting(inner, entry: entry, args: args, environment: environment)
    case (let name?, _) where RunSpec.drivers.contains(name) && name != "xtesting":
      checkArguments(of: name, args, inner)
      return RunSpec(driver: name, args: args, environment: environment)
    case (let name?, _): return foreign(name, inner, args: args, environment: environment)
    }
  }

  /// A driver that is none of ours: Xtesting's on the node, in upstream's files only.
  private func foreign(
    _ name: String, _ fields: Fields, args: [String: JSONValue], environment: [String: String]
  ) -> RunSpec? {
    guard generation.isOwn else {
      return RunSpec(driver: "xtesting", entry: .named(name), args: args, environment: environment)
    }
    let drivers = RunSpec.drivers.sorted()
    let list = "the drivers are \(drivers.joined(separator: ", "))"
    let question = Nearest.question(name, among: drivers).map { $0 + " " } ?? ""
    let advice = "; for an Xtesting entry point write `{name: xtesting, args: {entry: NAME}}`"
    findings.error(
      "\(fields.subject): there is no driver \"\(name.prefix(60))\"", at: fields.value("name")?.location,
      hint: question + list + advice)
    return nil
  }

  private func xtesting(
    _ fields: Fields, entry: RunSpec.Entry?, args: [String: JSONValue], environment: [String: String]
  ) -> RunSpec? {
    if let entry { return RunSpec(driver: "xtesting", entry: entry, args: args, environment: environment) }
    guard let name = args["entry"]?.string, !name.isEmpty else {
      findings.error(
        "\(fields.subject): the driver xtesting must be told what to load", at: fields.location,
        hint: "write `args: {entry: NAME}`, or `module:` and `class:`")
      return nil
    }
    var rest = args
    rest["entry"] = nil
    return RunSpec(driver: "xtesting", entry: .named(name), args: rest, environment: environment)
  }

  private func pythonClass(_ fields: Fields) -> RunSpec.Entry? {
    guard fields["module"] != nil || fields["class"] != nil else { return nil }
    guard let module = fields.text("module"), let name = fields.text("class"), !module.isEmpty, !name.isEmpty else {
      findings.error("\(fields.subject): `module` and `class` belong together", at: fields.location)
      return nil
    }
    return .type(module: module, name: name)
  }

  /// Our own files are told at once what the driver would otherwise say on the node.
  private func checkArguments(of driver: String, _ args: [String: JSONValue], _ fields: Fields) {
    guard generation.isOwn else { return }
    switch driver {
    case "exec":
      let words = args["argv"]?.array ?? []
      let isUsable = !words.isEmpty && words.allSatisfy { $0.string != nil || $0.number != nil }
      if !isUsable || words.first?.string?.isEmpty != false {
        findings.error(
          "\(fields.subject): exec needs `argv`, a program and its arguments", at: fields.location(of: "args"),
          hint: "write `args: {argv: [/bin/true]}`, with every word a text or a number")
      }
    case "bashfeature":
      if args["cmd"]?.string?.isEmpty != false {
        findings.error("\(fields.subject): bashfeature needs `cmd`, a shell command", at: fields.location(of: "args"))
      }
    default: break
    }
  }
}
