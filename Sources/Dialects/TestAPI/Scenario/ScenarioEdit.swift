extension TestAPI {
  /// A request that changes a part of a scenario.
  public struct ScenarioEdit: Hashable, Sendable {
    /// What is changed: the last segment of the path.
    public enum Item: String, CaseIterable, Sendable {
      case scores
      case trust = "trust_indicators"
      case customs, projects, versions, installers, owner

      /// The verbs that change it.
      public var verbs: [String] {
        switch self {
        case .scores, .trust: ["POST"]
        case .customs, .projects, .versions, .installers: ["POST", "PUT", "DELETE"]
        case .owner: ["PUT"]
        }
      }

      /// The parameters that say where it is; all are needed.
      public var locators: [String] {
        switch self {
        case .scores, .trust, .customs: ["installer", "version", "project"]
        case .projects, .owner: ["installer", "version"]
        case .versions: ["installer"]
        case .installers: []
        }
      }
    }

    /// Where.
    private var place: ScenarioPlace
    /// What, or why not. That it is refused is said only once the place is known to be there.
    private var change: Result<Change, Refusal>

    /// Reads a request.
    /// - Parameters:
    ///   - item: what is changed.
    ///   - verb: `POST` adds, `PUT` replaces, `DELETE` removes; one of the item's.
    ///   - scenario: the scenario's name.
    ///   - parameter: the value of a query parameter.
    ///   - type: the body's type.
    ///   - bytes: the body.
    /// - Throws: `400 Bad Format [...]` for a body that is no JSON, `400 Bad Request` if a locator is missing, `400 No
    ///   Body`, in this order.
    public init(
      _ item: Item, verb: String, scenario: String, parameter: (String) -> String?, type: String?, bytes: [UInt8]
    ) throws(Refusal) {
      let body = try TestAPI.json(type: type, bytes: bytes)
      place = ScenarioPlace(scenario: scenario)
      for locator in item.locators {
        guard let value = parameter(locator) else { throw .badRequest }
        switch locator {
        case "installer": place.installer = value
        case "version": place.version = value
        default: place.project = value
        }
      }
      guard let body, body != .null else { throw .noBody }
      change = Result { () throws(Refusal) in try Change(item, verb: verb, body) }
    }

    /// Makes the change in the JSON text of a scenario.
    /// - Throws: `404` if the place is not there, `400 Bad Format [...]` if the body is malformed, `409` if what is added
    ///   is there already, `413` if the scenario becomes too large. Nothing is changed then.
    public func apply(to json: String) throws(Refusal) -> String {
      var scenario = try Scenario(json: json)
      try scenario.change(at: place, change)
      return try scenario.json()
    }

    /// The refusal if the scenario is not there.
    public var absent: Refusal { Subject.scenario(place).absent }
  }
}

/// What is done at a place.
private enum Change: Hashable, Sendable {
  case score(TestAPI.Scenario.Score)
  case trust(TestAPI.Scenario.Trust)
  case owner(SentValue)
  case customs(ListChange<String>)
  case projects(ListChange<TestAPI.Scenario.Project>)
  case versions(ListChange<TestAPI.Scenario.Version>)
  case installers(ListChange<TestAPI.Scenario.Installer>)

  init(_ item: TestAPI.ScenarioEdit.Item, verb: String, _ body: JSONBody) throws(TestAPI.Refusal) {
    switch (item, body) {
    case (.scores, .object(let members)):
      do { self = .score(try .init(members, strictly: false)) } catch { throw .malformed([error.problem]) }
    case (.trust, .object(let members)):
      do { self = .trust(try .init(members, strictly: false)) } catch { throw .malformed([error.problem]) }
    case (.owner, .object(let members)): self = .owner(members["owner"] ?? .null)
    case (.customs, .array(let elements)): self = .customs(try ListChange(verb, names: elements))
    case (.projects, .array(let elements)): self = .projects(try ListChange(verb, parts: elements))
    case (.versions, .array(let elements)): self = .versions(try ListChange(verb, parts: elements))
    case (.installers, .array(let elements)): self = .installers(try ListChange(verb, parts: elements))
    case (.scores, _), (.trust, _), (.owner, _): throw .badFormat("Expecting an object")
    default: throw .badFormat("Expecting a list")
    }
  }
}

/// What is done to a list.
private enum ListChange<Part: Hashable & Sendable>: Hashable, Sendable {
  case add([Part])
  case replace([Part])
  case remove(Set<String>)

  fileprivate static func names(_ elements: [SentValue]) throws(TestAPI.Refusal) -> [String] {
    var (names, problems): ([String], [String]) = ([], [])
    for element in elements {
      do { names.append(try TestAPI.partName(element, of: "an element")) } catch { problems.append(error.problem) }
    }
    guard problems.isEmpty else { throw .malformed(problems) }
    return names
  }
}

extension ListChange where Part == String {
  fileprivate init(_ verb: String, names elements: [SentValue]) throws(TestAPI.Refusal) {
    let names = try Self.names(elements)
    switch verb {
    case "POST": self = .add(names)
    case "PUT": self = .replace(names)
    default: self = .remove(Set(names))
    }
  }

  /// Names are a set: what is there already, or twice, is there once.
  fileprivate func apply(to list: inout [String]) {
    switch self {
    case .add(let names): Self.merge(names, into: &list)
    case .replace(let names):
      list = []
      Self.merge(names, into: &list)
    case .remove(let names): list.removeAll { names.contains($0) }
    }
  }

  private static func merge(_ names: [String], into list: inout [String]) {
    var known = Set(list)
    for name in names where known.insert(name).inserted { list.append(name) }
  }
}

extension ListChange where Part: TestAPI.NamedPart {
  fileprivate init(_ verb: String, parts elements: [SentValue]) throws(TestAPI.Refusal) {
    if verb == "DELETE" {
      self = .remove(Set(try Self.names(elements)))
      return
    }
    var (parts, problems): ([Part], [String]) = ([], [])
    for element in elements {
      do { parts.append(try Part.read(element, strictly: true)) } catch { problems.append(error.problem) }
    }
    guard problems.isEmpty else { throw .malformed(problems) }
    self = verb == "POST" ? .add(parts) : .replace(parts)
  }

  fileprivate func apply(to list: inout [Part]) throws(TestAPI.Refusal) {
    switch self {
    case .add(let parts): try Self.append(parts, to: &list)
    case .replace(let parts):
      list = []
      try Self.append(parts, to: &list)
    case .remove(let names): list.removeAll { names.contains($0.name) }
    }
  }

  private static func append(_ parts: [Part], to list: inout [Part]) throws(TestAPI.Refusal) {
    var known = Set(list.map(\.name))
    var doubled: [String] = []
    for part in parts {
      if known.insert(part.name).inserted { list.append(part) } else { doubled.append(part.name) }
    }
    guard doubled.isEmpty else { throw .conflict(Part.nameMember + "s", doubled) }
  }
}

extension TestAPI.Scenario {
  /// Makes a change at every place of that name; of several equal names, which a new scenario may have, each is one.
  fileprivate mutating func change(
    at place: TestAPI.ScenarioPlace, _ change: Result<Change, TestAPI.Refusal>
  ) throws(TestAPI.Refusal) {
    guard let installer = place.installer else {
      if case .installers(let list) = try change.get() { try list.apply(to: &installers) }
      return
    }
    var isFound = false
    for index in installers.indices where installers[index].name == installer {
      if try installers[index].change(at: place, change) { isFound = true }
    }
    guard isFound else { throw TestAPI.Subject.scenario(place).absent }
  }
}

extension TestAPI.Scenario.Installer {
  /// Makes a change; false if the place is not here.
  fileprivate mutating func change(
    at place: TestAPI.ScenarioPlace, _ change: Result<Change, TestAPI.Refusal>
  ) throws(TestAPI.Refusal) -> Bool {
    guard let version = place.version else {
      if case .versions(let list) = try change.get() { try list.apply(to: &versions) }
      return true
    }
    var isFound = false
    for index in versions.indices where versions[index].name == version {
      if try versions[index].change(at: place, change) { isFound = true }
    }
    return isFound
  }
}

extension TestAPI.Scenario.Version {
  fileprivate mutating func change(
    at place: TestAPI.ScenarioPlace, _ change: Result<Change, TestAPI.Refusal>
  ) throws(TestAPI.Refusal) -> Bool {
    guard let project = place.project else {
      switch try change.get() {
      case .owner(let owner): self.owner = owner
      case .projects(let list): try list.apply(to: &projects)
      default: break
      }
      return true
    }
    var isFound = false
    for index in projects.indices where projects[index].name == project {
      isFound = true
      switch try change.get() {
      case .score(let score): projects[index].scores.append(score)
      case .trust(let trust): projects[index].trust.append(trust)
      case .customs(let list): list.apply(to: &projects[index].customs)
      default: break
      }
    }
    return isFound
  }
}
