import Model

extension Paddles {
  /// Which runs are listed, and how: what stands behind `/runs/` and in the parameters.
  public struct RunQuery: Hashable, Sendable {
    /// What runs are narrowed by.
    public enum Field: String, CaseIterable, Hashable, Sendable {
      case branch, date, sha1, status, suite, user, flavor
      case machineType = "machine_type"
    }

    /// One condition.
    public enum Condition: Hashable, Sendable {
      /// The field is exactly that; for `sha1` it begins with it. Never of ``Field/date``.
      case field(Field, String)
      /// Scheduled at that time or later.
      case notBefore(Timestamp)
      /// Scheduled before that time.
      case before(Timestamp)
    }

    /// What is answered.
    public enum Goal: Hashable, Sendable {
      /// The newest runs.
      case runs(Page)
      /// All of them.
      case everything
      /// None: a range of days without its end.
      case nothing
      /// The values that a field has, each once.
      case values(Field)
    }

    /// All of these must hold.
    public var conditions: [Condition] = []
    /// What is answered.
    public var goal = Goal.everything

    /// Whether what is asked for under `/runs/` is a list by such a field. The one of packages has another name there.
    public static func begins(_ path: [String]) -> Bool { path.first.flatMap { topField($0) } != nil }

    private static func topField(_ name: String) -> Field? {
      switch name {
      case "flavors": .flavor
      case "flavor": nil
      default: Field(rawValue: name)
      }
    }

    /// Reads a path of fields and values.
    /// - Throws: 404 for a field that is unknown or comes twice; `400 date format must match …`; 400 for numbers that
    ///   are none.
    public init(_ path: [String], _ parameters: [(name: String, value: String)], now: Timestamp) throws(Refusal) {
      var rest = path[...]
      var known: Set<Field> = []
      var hasDay = false
      while let name = rest.popFirst() {
        guard let field = known.isEmpty ? Self.topField(name) : Field(rawValue: name), known.insert(field).inserted
        else { throw .noSuchPage }
        guard let value = rest.popFirst() else {
          goal = .values(field)
          return
        }
        guard field == .date else {
          conditions.append(.field(field, value))
          hasDay = false
          continue
        }
        hasDay = true
        if value != "from" {
          try addDays(value, value, now)
        } else if try !addRange(&rest, now) {
          goal = .nothing
          return
        } else if rest.isEmpty {
          goal = .everything
          return
        }
      }
      let page = try Page(parameters)
      goal = .runs(page)
      guard !hasDay, let since = parameters.last(where: { $0.name == "since" })?.value, !since.isEmpty else { return }
      conditions.append(.notBefore(try Paddles.day(since, now: now)))
    }

    private mutating func addDays(_ first: String, _ last: String, _ now: Timestamp) throws(Refusal) {
      conditions.append(.notBefore(try Paddles.day(first, now: now)))
      conditions.append(.before(try Paddles.day(last, now: now).advanced(bySeconds: 86_400)))
    }

    /// Reads `a/to/b`; false if there is only `a`.
    private mutating func addRange(_ rest: inout ArraySlice<String>, _ now: Timestamp) throws(Refusal) -> Bool {
      guard let first = rest.popFirst() else { throw .badDate }
      guard let word = rest.popFirst() else {
        _ = try Paddles.day(first, now: now)
        return false
      }
      guard word == "to", let last = rest.popFirst() else { throw .noSuchPage }
      try addDays(first, last, now)
      return true
    }
  }

  /// Which part of a list is shown.
  public struct Page: Hashable, Sendable {
    /// The most elements.
    public var count: Int
    /// How many stand before it.
    public var offset: Int

    /// Reads `count` and `page`. Pages count from 1; what is less is the first.
    /// - Parameter usual: the count if none is sent.
    /// - Throws: 400 for what is no number, or a negative count.
    public init(_ parameters: [(name: String, value: String)], usual: Int = Paddles.usualCount) throws(Refusal) {
      count = try Self.number("count", parameters) ?? usual
      guard count >= 0 else { throw .invalid("count must not be negative") }
      let page = max(1, try Self.number("page", parameters) ?? 1)
      let (offset, isBeyond) = (page - 1).multipliedReportingOverflow(by: count)
      self.offset = isBeyond ? .max : offset
    }

    private static func number(_ name: String, _ parameters: [(name: String, value: String)]) throws(Refusal) -> Int? {
      guard let text = parameters.last(where: { $0.name == name })?.value else { return nil }
      guard let number = PythonInt.parse(text) else { throw .invalid("\(name) must be an integer") }
      return number
    }
  }
}
