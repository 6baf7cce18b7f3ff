import Dialects
import Store

extension Paddles.Node {
  /// A node as it is kept.
  init(_ node: LabNode) {
    self.init(
      name: node.name, up: node.up, isVM: node.isVM, host: node.host,
      lock: node.lock.map { Lock(owner: $0.owner, since: $0.since) })
    for (attribute, text) in node.attributes {
      if let attribute = Attribute(rawValue: attribute.rawValue) { attributes[attribute] = text }
    }
  }
}

extension LabNode {
  /// A node as it is to be kept.
  init(_ node: Paddles.Node) {
    self.init(name: node.name)
    attributes = Self.attributes(node.attributes)
    up = node.up
    isVM = node.isVM
    host = node.host
    lock = node.lock.map { Lock(owner: $0.owner, since: $0.since) }
  }

  /// Texts by the columns that they stand in.
  static func attributes(_ texts: [Paddles.Node.Attribute: String]) -> [Attribute: String] {
    var attributes: [Attribute: String] = [:]
    for (attribute, text) in texts {
      if let column = Attribute(rawValue: attribute.rawValue) { attributes[column] = text }
    }
    return attributes
  }

  /// Lets the rules of the dialect change this node.
  mutating func apply(
    _ change: (inout Paddles.Node) throws(Paddles.Refusal) -> Void
  ) throws(Paddles.Refusal) {
    var node = Paddles.Node(self)
    try change(&node)
    self = LabNode(node)
  }
}
