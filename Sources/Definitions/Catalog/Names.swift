import Model

/// What people may call tiers, domains, cases and nodes: names stand in paths, ids, comma lists and globs.
enum Names {
  /// Bytes of a case's, tier's or domain's name: an attempt's id, `RUN.CASE@NODE.N`, must stay a path component.
  static let caseLimit = 64
  /// Bytes of a node's name.
  static let nodeLimit = 32

  /// What is wrong with a name; nil if nothing is.
  static func objection(_ name: String, limit: Int = caseLimit) -> String? {
    if name.isEmpty { return "is empty" }
    if name.utf8.count > limit { return "has more than \(limit) bytes" }
    if name == "all" { return "is taken: it selects everything" }
    if !isPathComponent(name) || name.hasPrefix("-") || name.hasPrefix(".") { return "cannot be a file's name" }
    let forbidden = name.unicodeScalars.first { "@:,*?[]{}\"'\\`$&;|<>()".unicodeScalars.contains($0) }
    if let forbidden { return "has a `\(forbidden)`" }
    if name.unicodeScalars.contains(where: { $0.properties.isWhitespace || $0.properties.generalCategory == .format }) {
      return "has white space"
    }
    return nil
  }
}

extension Fields {
  /// A name; an unusable one is a fault, and is nil.
  func name(_ key: String, limit: Int = Names.caseLimit) -> String? {
    guard let node = value(key), let name = text(key) else { return nil }
    guard let objection = Names.objection(name, limit: limit) else { return name }
    findings.error(
      "\(subject): the name \"\(name.prefix(80))\" \(objection)", at: node.location,
      hint: "use letters, digits, `-`, `_` and `.`, at most \(limit) bytes")
    return nil
  }
}
