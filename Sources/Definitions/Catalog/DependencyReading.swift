import Model

extension CatalogFile {
  /// The conditions of a case: Colorado's to Fraser's on installer and scenario, or Xtesting's list on any variable.
  func dependencies(_ fields: Fields) -> [Dependency] {
    guard let node = fields.value("dependencies") else { return [] }
    switch node.content {
    case .mapping(let entries): return entries.compactMap { onInstallation($0, fields) }
    case .sequence(let items): return items.compactMap { onVariable($0, fields) }
    case .scalar: return fields.wrong("dependencies", node, "must be a list of one-key maps, `- VARIABLE: regex`") ?? []
    }
  }

  private func onInstallation(_ entry: YAMLEntry, _ fields: Fields) -> Dependency? {
    let variables = ["installer": "INSTALLER_TYPE", "scenario": "DEPLOY_SCENARIO"]
    guard let variable = variables[entry.key] else {
      let message = "\(fields.subject): a dependency on `\(entry.key)` is not known in this form"
      let hint = "write a list: `- \(entry.key): regex`"
      if generation.isOwn {
        findings.error(message, at: entry.location, hint: hint)
      } else {
        findings.warn(message + " and is ignored", at: entry.location, hint: hint)
      }
      return nil
    }
    return dependency(variable, entry, isMetWhenUnset: true, fields)
  }

  private func onVariable(_ item: YAMLNode, _ fields: Fields) -> Dependency? {
    guard let entries = item.mapping, let entry = entries.first else {
      findings.error(
        "\(fields.subject): a dependency must be a map of one key, and is \(item.kind)", at: item.location,
        hint: "write `- VARIABLE: regex`")
      return nil
    }
    for other in entries.dropFirst() {
      findings.warn(
        "\(fields.subject): only the first key of a dependency counts; `\(other.key)` is ignored", at: other.location,
        hint: "begin it with a dash of its own")
    }
    guard !entry.key.isEmpty else {
      findings.error("\(fields.subject): the dependency names no variable", at: entry.location)
      return nil
    }
    return dependency(entry.key, entry, isMetWhenUnset: false, fields)
  }

  private func dependency(
    _ variable: String, _ entry: YAMLEntry, isMetWhenUnset: Bool, _ fields: Fields
  ) -> Dependency? {
    switch entry.value.scalar?.value {
    case .null?:
      findings.warn(
        "\(fields.subject): null never matches, so the case is always skipped", at: entry.value.location,
        hint: "write '' to match everything")
      return Dependency(
        variable: variable, pattern: nil, isMetWhenUnset: isMetWhenUnset, location: entry.value.location)
    case .text(let pattern)?:
      guard check(pattern, at: entry.value.location) else { return nil }
      return Dependency(
        variable: variable, pattern: pattern, isMetWhenUnset: isMetWhenUnset, location: entry.value.location)
    default:
      findings.error(
        "\(fields.subject): `\(entry.key)` must be a regular expression, and is \(entry.value.kind)",
        at: entry.value.location, hint: "put it in quotes")
      return nil
    }
  }
}
