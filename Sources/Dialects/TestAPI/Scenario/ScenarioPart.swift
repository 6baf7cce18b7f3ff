extension TestAPI {
  /// Something that a scenario is made of: an object of known members.
  protocol ScenarioPart: Hashable, Sendable {
    /// What messages call it.
    static var model: String { get }
    /// Its members.
    static var members: [String] { get }
    /// Reads the members; `strictly` refuses unknown ones further down.
    init(_ members: [String: SentValue], strictly: Bool) throws(PartMalformed)
    /// Appends it as JSON.
    func write(to writer: inout JSONWriter)
  }

  /// A part that others of its list are told from by its name.
  protocol NamedPart: ScenarioPart {
    /// The member that holds the name.
    static var nameMember: String { get }
    /// The name.
    var name: String { get }
  }

  /// Why a part is none.
  struct PartMalformed: Error, Hashable {
    /// The problem, as messages tell it.
    var problem: String
  }
}

extension TestAPI.ScenarioPart {
  /// Reads a part; `strictly` refuses unknown members, which are dropped otherwise.
  static func read(_ value: SentValue, strictly: Bool) throws(TestAPI.PartMalformed) -> Self {
    guard case .object(let members)? = try? JSONBody(value) else {
      throw TestAPI.PartMalformed(problem: "\(model) must be an object")
    }
    if strictly, let stranger = members.keys.sorted().first(where: { !Self.members.contains($0) }) {
      throw TestAPI.PartMalformed(problem: "\(model) has no attribute \(stranger)")
    }
    return try Self(members, strictly: strictly)
  }

  /// Reads a list of parts that is a member of another; null is an empty one.
  static func list(_ value: SentValue?, of member: String, strictly: Bool) throws(TestAPI.PartMalformed) -> [Self] {
    var parts: [Self] = []
    for element in try TestAPI.elements(value, of: member) { parts.append(try read(element, strictly: strictly)) }
    return parts
  }

  /// Appends `"member": [...]`.
  static func write(_ parts: [Self], as member: StaticString, to writer: inout JSONWriter) {
    writer.append(key: member)
    writer.append(json: "[")
    for (index, part) in parts.enumerated() {
      if index > 0 { writer.appendComma() }
      part.write(to: &writer)
    }
    writer.append(json: "]")
  }
}

extension TestAPI {
  /// The elements of a list that is a member of a part; null is an empty one.
  static func elements(_ value: SentValue?, of member: String) throws(PartMalformed) -> [SentValue] {
    switch try? JSONBody(value ?? .null) {
    case .array(let elements)?: return elements
    case .null?: return []
    default: throw PartMalformed(problem: "\(member) must be a list")
    }
  }

  /// A name within a scenario: text that is not empty, not too long and without a NUL.
  static func partName(_ value: SentValue?, of member: String) throws(PartMalformed) -> String {
    guard let name = value?.string, !name.isEmpty else {
      throw PartMalformed(problem: "\(member) must be a string that is not empty")
    }
    guard name.utf8.count <= nameLimit, !name.utf8.contains(0) else {
      throw PartMalformed(problem: "\(member) has more than \(nameLimit) bytes, or a NUL")
    }
    return name
  }
}
