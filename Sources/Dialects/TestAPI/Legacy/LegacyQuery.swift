import Model

extension TestAPI.Legacy {
  /// What the parameters of `GET /results` and `GET /dashboard` ask for. Parameters that these generations do not know
  /// narrow nothing.
  public struct Query: Hashable, Sendable {
    /// What fields of a result must be, by their names.
    public var fields: [String: String] = [:]
    /// The pod by name or, in G0, number; nil: any.
    public var pod: String?
    /// The pod by number; nil: any.
    public var podNumber: Int?
    /// It arrived at this time or later; nil: no bound.
    public var since: Timestamp?

    /// Reads the parameters, of which the last of a name counts.
    /// - Parameters:
    ///   - parameters: names and values, decoded.
    ///   - now: what `period` counts back from.
    /// - Throws: `400 <name> must be int`.
    public init(_ parameters: [(name: String, value: String)], now: Timestamp) throws(TestAPI.Refusal) {
      let latest = Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      for (name, value) in latest.sorted(by: { $0.key < $1.key }) {
        switch name {
        // The page of 2015 writes `projects`.
        case "projects" where latest["project"] == nil: fields["project_name"] = value
        case "project", "case": fields[name + "_name"] = value
        case "version", "installer", "build_tag", "scenario", "criteria": fields[name] = value
        case "pod": pod = value
        case "pod_id": podNumber = try Self.integer(name, value)
        case "period":
          let days = try Self.integer(name, value)
          if days > 0 { since = now.advanced(bySeconds: -86_400 * Double(days)) }
        default: continue
        }
      }
    }

    private static func integer(_ name: String, _ value: String) throws(TestAPI.Refusal) -> Int {
      guard let number = PythonInt.parse(value) else { throw .notAnInteger(name) }
      return number
    }
  }
}
