import Model

extension TestAPI {
  /// What the parameters of `GET /results` and `GET /deployresults` ask for.
  public struct ResultQuery: Hashable, Sendable {
    /// A field that must hold exactly a value.
    public struct Match: Hashable, Sendable {
      /// The field's name: a key of a result, or `details.` and a path into the details.
      public var field: String
      /// The value.
      public var value: Wanted
    }

    /// What a field must hold.
    public enum Wanted: Hashable, Sendable {
      /// A string.
      case text(String)
      /// A whole number, or text that says so.
      case integer(Int)
      /// A number.
      case number(Double)
    }

    /// All of these must hold.
    public var matches: [Match] = []
    /// The start date is this or later, compared as strings; nil: no bound.
    public var from: String?
    /// The start date is earlier than this, compared as strings; nil: no bound.
    public var to: String?
    /// Only the newest so many; nil: all.
    public var last: Int?
    /// The page, from 1; 0 or less: everything at once.
    public var page = 1
    /// Oldest first instead of newest first.
    public var ascending = false

    /// Reads the parameters, of which the last of a name counts, as in the original.
    /// - Parameters:
    ///   - parameters: names and values, decoded.
    ///   - now: what `period` counts back from.
    ///   - secondsEast: the server's zone at a time.
    /// - Throws: `400 <name> must be int`, or `float`.
    public init(_ parameters: [(name: String, value: String)], now: Timestamp, secondsEast: (Timestamp) -> Int)
      throws(Refusal)
    {
      let latest = Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      var days = 0
      for (name, value) in latest.sorted(by: { $0.key < $1.key }) {
        switch name {
        case "project", "case", "pod": matches.append(Match(field: name + "_name", value: .text(value)))
        case "from": from = value
        case "to": to = value
        case "period": days = try Self.integer(name, value)
        case "last":
          let count = try Self.integer(name, value)
          last = count > 0 ? count : nil
        case "page": page = try Self.integer(name, value)
        case "descend": ascending = value.lowercased() != "true"
        case "trust_indicator":
          guard let level = PythonFloat.parse(value) else { throw .notANumber(name) }
          matches.append(Match(field: name, value: .number(level)))
        case _ where name.contains("build_id"):
          matches.append(Match(field: name, value: .integer(try Self.integer(name, value))))
        default: matches.append(Match(field: name, value: .text(value)))
        }
      }
      if days > 0, from == nil, to == nil { from = Self.start(daysBack: days, from: now, secondsEast) }
      if from != nil, to == nil { to = PythonDateTime.text(now, secondsEast: secondsEast(now)) }
    }

    private static func integer(_ name: String, _ value: String) throws(Refusal) -> Int {
      guard let number = PythonInt.parse(value) else { throw .notAnInteger(name) }
      return number
    }

    /// A period that reaches back before all clocks starts with the first year.
    private static func start(daysBack days: Int, from now: Timestamp, _ secondsEast: (Timestamp) -> Int) -> String {
      guard days <= 100_000 else { return "0001-01-01 00:00:00.000000" }
      let start = now.advanced(bySeconds: -86_400 * Double(days))
      return PythonDateTime.text(start, secondsEast: secondsEast(start))
    }
  }
}
