import Model

extension Paddles {
  /// What is to become of a value that may be null.
  public enum Setting<Value: Hashable & Sendable>: Hashable, Sendable {
    /// Nobody said anything.
    case keep
    /// Null.
    case clear
    /// This.
    case set(Value)

    /// Changes a value.
    public func apply(to value: inout Value?) {
      switch self {
      case .keep: break
      case .clear: value = nil
      case .set(let new): value = new
      }
    }
  }

  /// What a request says about a node. Every key may be absent.
  public struct NodeUpdate: Hashable, Sendable {
    /// Texts; who is not named stays.
    public var attributes: [Node.Attribute: Setting<String>]
    /// Whether it may be used.
    public var up: Setting<Bool>
    /// Whether it is a virtual machine; nil: as before.
    public var isVM: Bool?
    /// The name of the node that it runs on.
    public var host: Setting<String>
    /// Locks or unlocks it; nil: neither.
    public var locked: Bool?
    /// For whom; never empty.
    public var owner: String?
    /// Since when it is locked; nil: as before.
    public var lockedSince: Timestamp?

    /// An update that locks, unlocks, or says nothing.
    public init(locked: Bool? = nil, owner: String? = nil, description: Setting<String> = .keep) {
      attributes = description == .keep ? [:] : [.description: description]
      up = .keep
      host = .keep
      self.locked = locked
      self.owner = owner.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads the members of a body; those that a node does not have are not looked at.
    /// - Throws: 400 for values of the wrong type, or too long ones.
    public init(_ body: Fields) throws(Refusal) {
      self.init(locked: try body.flag("locked"), owner: try body.text("locked_by"))
      for attribute in Node.Attribute.allCases {
        guard body.members[attribute.rawValue] != nil else { continue }
        let text = try body.text(attribute.rawValue, limit: attribute.limit)
        attributes[attribute] = text.map(Setting.set) ?? .clear
      }
      if body.members["up"] != nil { up = try body.flag("up").map(Setting.set) ?? .clear }
      isVM = try body.flag("is_vm")
      lockedSince = try body.time("locked_since")
      host = try Self.host(body)
    }

    /// The host: a name, null, or a node as answers show it.
    private static func host(_ body: Fields) throws(Refusal) -> Setting<String> {
      guard let value = body.members["vm_host"] else { return .keep }
      let name: String?
      if case .other(let json) = value, json.first == "{" {
        name = try Fields(Array(json.utf8)).text("name")
      } else {
        name = try body.text("vm_host")
      }
      return name.map { $0.isEmpty ? .clear : .set($0) } ?? .clear
    }
  }
}

extension Paddles.Node.Attribute {
  /// The longest value, in bytes.
  var limit: Int {
    switch self {
    case .description, .sshKey: 65_536
    case .arch, .machineType, .osType, .osVersion, .macAddress: Paddles.textLimit
    }
  }
}
