import Model

/// A node of a YAML document after aliases and merge keys, with the place where it stands.
struct YAMLNode: Sendable {
  /// What the node is.
  enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
  }

  var content: Content
  var location: SourceLocation

  var scalar: YAMLScalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
  var sequence: [YAMLNode]? { if case .sequence(let nodes) = content { nodes } else { nil } }
  var mapping: [YAMLEntry]? { if case .mapping(let entries) = content { entries } else { nil } }
  var isNull: Bool { scalar?.value == .null }

  /// A member of a mapping, if this is one and has it.
  subscript(key: String) -> YAMLNode? { mapping?.first { $0.key == key }?.value }

  /// What the node is, for messages.
  var kind: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar(let scalar): scalar.kind
    }
  }
}

/// A member of a mapping.
struct YAMLEntry: Sendable {
  var key: String
  /// Where the key stands.
  var location: SourceLocation
  var value: YAMLNode
}

extension YAMLNode {
  /// The node as drivers get it; a number that JSON cannot say is reported and becomes null.
  func json(_ findings: Findings) -> JSONValue {
    switch content {
    case .sequence(let nodes): return .array(nodes.map { $0.json(findings) })
    case .mapping(let entries):
      return .object(
        Dictionary(entries.map { ($0.key, $0.value.json(findings)) }, uniquingKeysWith: { first, _ in first }))
    case .scalar(let scalar):
      switch scalar.value {
      case .null: return .null
      case .bool(let value): return .bool(value)
      case .integer(let value): return .integer(value)
      case .text(let value): return .string(value)
      case .float(let value):
        if value.isFinite { return .number(value) }
        findings.error("\(scalar.text) cannot be handed to a driver", at: location, hint: "write a finite number")
        return .null
      }
    }
  }
}
