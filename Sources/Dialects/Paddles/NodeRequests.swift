import Model

extension Paddles {
  /// What a request for several nodes asks for: `POST /nodes/lock_many/`.
  public struct LockRequest: Hashable, Sendable {
    /// How many nodes; at least 1.
    public var count: Int
    /// For whom.
    public var owner: String?
    /// What they are needed for.
    public var description: Setting<String>
    /// The types that will do.
    public var machineTypes: [String]
    /// What else they must be.
    public var attributes: [Node.Attribute: String]

    /// Reads a body.
    /// - Throws: 400 for what is missing or makes no sense.
    public init(_ body: Fields) throws(Refusal) {
      let fields = ["count", "locked_by", "machine_type", "description"]
      guard fields.allSatisfy({ body.members[$0] != nil }) else {
        throw .invalid("must pass these fields: \(fields.joined(separator: ", "))")
      }
      // `10.0` is what YAML and arithmetic make of ten; more nodes than there are numbers are too many anyway.
      guard let count = try? body.number("count"), count == count.rounded() || count.isInfinite else {
        throw .invalid("count must be an integer")
      }
      guard count >= 1 else { throw .invalid("cannot lock less than 1 node") }
      self.count = Int(exactly: count) ?? .max
      machineTypes = try NodeQuery.types(body.text("machine_type"))
      guard !machineTypes.isEmpty else { throw .invalid("must specify machine_type") }
      owner = try body.text("locked_by")
      description = try body.text("description", limit: Node.Attribute.description.limit).map(Setting.set) ?? .clear
      attributes = [:]
      for attribute in [Node.Attribute.osType, .osVersion, .arch] {
        let text = try body.text(attribute.rawValue)
        attributes[attribute] = text == "" ? nil : text
      }
    }
  }

  /// What a request gives back: `POST /nodes/unlock_many/`.
  public struct UnlockRequest: Hashable, Sendable {
    /// The nodes, each once.
    public var names: [String]
    /// Whose they are.
    public var owner: String?

    /// Reads a body.
    /// - Throws: 400 for what is missing, too much, or makes no sense.
    public init(_ body: Fields) throws(Refusal) {
      guard body.members.keys.sorted() == ["locked_by", "names"] else {
        throw .invalid("must pass these fields: names, locked_by")
      }
      guard let list = body.members["names"], let elements = try? JSONBody(list), case .array(let names) = elements
      else { throw .invalid("'names' must be a list") }
      self.names = names.compactMap(\.string)
      guard self.names.count == names.count, Set(self.names).count == names.count else { throw Self.unknown }
      owner = try body.text("locked_by")
    }

    /// Not every name is a node's.
    public static let unknown = Refusal.invalid("Could not find all nodes!")
  }

  /// Which nodes are listed: `GET /nodes/`.
  public struct NodeQuery: Hashable, Sendable {
    /// Locked ones or free ones; nil: both.
    public var locked: Bool?
    /// Those that may be used or those that may not; nil: both.
    public var up: Bool?
    /// The types that will do; none: all.
    public var machineTypes: [String]
    /// Whose; nil: anybody's.
    public var owner: String?
    /// What else they must be.
    public var attributes: [Node.Attribute: String] = [:]
    /// The most; nil: all.
    public var count: Int?

    /// Reads the parameters of a query; what is empty was not said.
    /// - Throws: 400 for what is no number or no boolean.
    public init(_ query: Arguments) throws(Refusal) {
      locked = try query.flag("locked")
      up = try query.flag("up")
      machineTypes = try Self.types(query["machine_type"])
      owner = query["locked_by"]
      for attribute in [Node.Attribute.osType, .osVersion] { attributes[attribute] = query[attribute.rawValue] }
      count = try query.count("count")
    }

    /// The types in `a|b`.
    /// - Throws: 400 for a text that is too long.
    static func types(_ text: String?) throws(Refusal) -> [String] {
      guard let text else { return [] }
      guard text.utf8.count <= Paddles.textLimit else {
        throw .invalid("'machine_type' must not have more than \(Paddles.textLimit) bytes")
      }
      return text.split(separator: "|").map(String.init)
    }
  }

  /// Which jobs of a node are listed: `GET /nodes/{name}/jobs/`.
  public struct NodeJobsQuery: Hashable, Sendable {
    /// Only those of that name; nil: all.
    public var name: String?
    /// Only those that do that, or came to that; nil: all.
    public var status: String?
    /// Which part is shown: all, unless the client says otherwise.
    public var page: Page

    /// Reads the parameters; what is empty was not said, and a count of 0 is all.
    /// - Throws: 400 for numbers that are none.
    public init(_ parameters: [(name: String, value: String)]) throws(Refusal) {
      let said = parameters.filter { !$0.value.isEmpty }
      let arguments = Arguments(said)
      name = arguments["name"]
      status = arguments["status"]
      page = try Page(said, usual: 0)
      if page.count == 0 { page.count = .max }
    }
  }

  /// Which jobs the statistics of nodes count: `GET /nodes/job_stats/`.
  public struct NodeStatsQuery: Hashable, Sendable {
    /// Only nodes of these types; none: all.
    public var machineTypes: [String]
    /// Only jobs that were posted in the last so many days; at least 1.
    public var days: Int

    /// Reads the parameters of a query.
    /// - Throws: 400 for what is no positive number.
    public init(_ query: Arguments) throws(Refusal) {
      machineTypes = try NodeQuery.types(query["machine_type"])
      days = 14
      guard let text = query["since_days"] else { return }
      guard let days = PythonInt.parse(text), days >= 1 else {
        throw .invalid("since_days must be a positive integer")
      }
      self.days = days
    }
  }
}
