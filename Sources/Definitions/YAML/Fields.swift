import Model

/// The members of one mapping, read by name and type. What has the wrong type is reported where it stands and reads as
/// absent, so that a reader goes on to the next member and finds every fault in one pass.
struct Fields {
  let location: SourceLocation
  let findings: Findings
  /// What the mapping describes, for messages: `case vping_ssh`.
  var subject: String
  private let members: [YAMLEntry]
  private let entries: [String: YAMLEntry]

  /// Nil, and a fault, if the node is no mapping.
  init?(_ node: YAMLNode, _ subject: String, _ findings: Findings) {
    guard let mapping = node.mapping else {
      findings.error("\(subject) must be a mapping, and is \(node.kind)", at: node.location)
      return nil
    }
    location = node.location
    self.findings = findings
    self.subject = subject
    members = mapping
    entries = Dictionary(mapping.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// A member, also if it is null.
  subscript(key: String) -> YAMLNode? { entries[key]?.value }

  /// A member that is there and is not null.
  func value(_ key: String) -> YAMLNode? { entries[key].flatMap { $0.value.isNull ? nil : $0.value } }

  func location(of key: String) -> SourceLocation { entries[key]?.location ?? location }

  /// A text; numbers and truth values count as they are written.
  func text(_ key: String) -> String? {
    guard let node = value(key) else { return nil }
    if let scalar = node.scalar { return scalar.text }
    return wrong(key, node, "must be a text")
  }

  func bool(_ key: String) -> Bool? {
    guard let node = value(key) else { return nil }
    if case .bool(let value)? = node.scalar?.value { return value }
    return wrong(key, node, "must be true or false")
  }

  func integer(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
    guard let node = value(key) else { return nil }
    if case .integer(let value)? = node.scalar?.value, range.contains(value) { return value }
    return wrong(key, node, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
  }

  /// A time in seconds: more than 0, at most 30 days.
  func duration(_ key: String) -> Double? {
    guard let node = value(key) else { return nil }
    if let text = node.scalar?.text, let seconds = Quantity.seconds(text), seconds > 0, seconds <= 2_592_000 {
      return seconds
    }
    return wrong(key, node, "must be seconds, or like `90s`, `15m` or `2h`; more than 0 and at most 30 days")
  }

  /// A list of texts; one text alone is a list of one.
  func texts(_ key: String) -> [(text: String, location: SourceLocation)] {
    guard let node = value(key) else { return [] }
    if let scalar = node.scalar { return [(scalar.text, node.location)] }
    guard let items = node.sequence else { return wrong(key, node, "must be a list of texts") ?? [] }
    return items.compactMap { item in
      if let scalar = item.scalar, !item.isNull { return (scalar.text, item.location) }
      return wrong(key, item, "must be a list of texts")
    }
  }

  /// Variables: names to values, values as Python's `str()` shows them.
  ///
  /// - Parameter null: What a null stands for; nil: a fault.
  func environment(_ key: String, null: String? = nil) -> [String: String] {
    guard let node = value(key) else { return [:] }
    guard let entries = node.mapping else { return wrong(key, node, "must map names to values") ?? [:] }
    var result: [String: String] = [:]
    for entry in entries {
      if entry.key.isEmpty || entry.key.utf8.contains(UInt8(ascii: "=")) || entry.key.utf8.contains(0) {
        findings.error("\"\(entry.key)\" cannot be a variable's name", at: entry.location)
      } else if entry.value.isNull, null == nil {
        findings.error("\(entry.key) has no value", at: entry.location, hint: "write '' for an empty one")
      } else if let scalar = entry.value.scalar {
        result[entry.key] = entry.value.isNull ? null : scalar.pythonText
      } else {
        findings.error("\(entry.key) must be a text or a number, and is \(entry.value.kind)", at: entry.value.location)
      }
    }
    return result
  }

  /// Warns of members that nobody reads.
  ///
  /// - Parameter foreign: Members that would be read in another kind of file, and what to say of them.
  func warnOfUnknown(known: [String], foreign: (keys: [String], advice: String)? = nil) {
    for entry in members where !known.contains(entry.key) {
      let isForeign = foreign?.keys.contains(entry.key) == true
      findings.warn(
        "\(subject): `\(entry.key.prefix(60))` is not known and is ignored", at: entry.location,
        hint: isForeign ? foreign?.advice : Nearest.question(entry.key, among: known))
    }
  }

  /// Reports a member of the wrong kind.
  func wrong<Value>(_ key: String, _ node: YAMLNode, _ must: String) -> Value? {
    findings.error("\(subject): `\(key)` \(must), and is \(node.kind)", at: node.location)
    return nil
  }
}
