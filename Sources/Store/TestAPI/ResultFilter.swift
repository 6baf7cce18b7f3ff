import GRDB
import Model

/// Which results are looked for, of cases or of deployments. All conditions must hold.
public struct ResultFilter: Hashable, Sendable {
  /// A column of a result. What the results asked for do not have is never fulfilled.
  public enum Column: String, Sendable, CaseIterable {
    case id
    case pod = "pod_name"
    case project = "project_name"
    case testCase = "case_name"
    case installer, version, scenario, criteria
    case buildTag = "build_tag"
    case jobName = "job_name"
    case buildID = "build_id"
    case upstreamJobName = "upstream_job_name"
    case upstreamBuildID = "upstream_build_id"
    case startDate = "start_date"
    case stopDate = "stop_date"
    case trustIndicator = "trust_indicator"
  }

  /// One condition.
  public enum Condition: Hashable, Sendable {
    /// The column is exactly this string. Criteria are compared without regard to the case of ASCII letters.
    case equals(Column, String)
    /// The build id is this whole number, or text that says so.
    case build(Column, Int)
    /// The current trust is this number.
    case trust(Double)
    /// The details hold exactly this string at a path of member names, or a list there that has it as an element.
    case detail(path: [String], String)
    /// The details hold this whole number at a path, or text that says so, or a list there that has it as an element.
    case detailNumber(path: [String], Int)
    /// The column is a string, and this or a later one in the order of bytes.
    case notBefore(Column, String)
    /// The column is a string, and an earlier one in the order of bytes.
    case before(Column, String)
    /// It arrived in the second of this time or later.
    case arrived(notBefore: Timestamp)
    /// Nothing fulfils this: it asks for a column that results do not have.
    case never
  }

  /// The conditions.
  public var conditions: [Condition]
  /// Only the newest so many of what fulfils them; nil: all.
  public var newest: Int?

  /// Makes a filter.
  public init(_ conditions: [Condition] = [], newest: Int? = nil) {
    self.conditions = conditions
    self.newest = newest
  }
}

/// A piece of SQL with its arguments. The text is made of words of our own only.
struct Fragment {
  var sql: String
  var arguments: [any DatabaseValueConvertible] = []

  /// The pieces joined by AND; `TRUE` for none.
  static func all(_ pieces: [Fragment]) -> Fragment {
    guard !pieces.isEmpty else { return Fragment(sql: "TRUE") }
    return Fragment(sql: pieces.map(\.sql).joined(separator: " AND "), arguments: pieces.flatMap(\.arguments))
  }
}

extension ResultFilter {
  /// What leads to the rows.
  private enum Lead {
    /// The index of attempts.
    case attempt
    /// The index of a column.
    case column(Column)
    /// What SQLite thinks best.
    case any
  }

  private func lead(in table: ScanTable) -> Lead {
    if conditions.contains(where: { $0.isAttempt(in: table) }) { return .attempt }
    return table.ranked.first { column in conditions.contains { $0.fixed == column } }.map { .column($0) } ?? .any
  }

  /// All conditions as one piece. One index is used, the best there is: the others are hidden from SQLite by a plus sign.
  func fragment(in table: ScanTable) -> Fragment {
    let lead = lead(in: table)
    return Fragment.all(
      conditions.map { condition in
        let isPlain =
          switch lead {
          case .attempt: false
          case .column(let column): condition.fixed == column
          case .any: true
          }
        return condition.fragment(in: table, plain: isPlain)
      })
  }

  /// How much has to be looked at until it is known what fulfils the conditions.
  func reach(in table: ScanTable) -> ReadReach {
    if conditions.isEmpty || conditions.contains(.never) { return .few }
    switch lead(in: table) {
    case .attempt, .column(.id), .column(.buildTag), .column(.buildID): return .few
    case .column, .any: return conditions.contains(where: \.looksAtDetails) ? .details : .rows
    }
  }

  /// Whether statements for this filter are kept compiled: the common ones, and not every combination there is.
  var isCommon: Bool { conditions.count <= 2 }
}

extension Database {
  /// A statement of our own, compiled once or each time.
  func statement(_ sql: String, isKept: Bool) throws -> Statement {
    try isKept ? cachedStatement(sql: sql) : makeStatement(sql: sql)
  }
}

extension ResultFilter.Condition {
  /// The column that must have one value.
  fileprivate var fixed: ResultFilter.Column? {
    switch self {
    case .equals(let column, _), .build(let column, _): column
    case .trust: .trustIndicator
    case .detail, .detailNumber, .notBefore, .before, .arrived, .never: nil
    }
  }

  /// Whether it asks for the id of an attempt, which has an index in the details of the results of cases.
  fileprivate func isAttempt(in table: ScanTable) -> Bool {
    if case .detail(["sortie_id"], _) = self { table.details == "details" } else { false }
  }

  /// Whether it reads details.
  fileprivate var looksAtDetails: Bool {
    switch self {
    case .detail, .detailNumber: true
    case .equals, .build, .trust, .notBefore, .before, .arrived, .never: false
    }
  }

  /// The column that is looked at.
  private var column: ResultFilter.Column? {
    switch self {
    case .notBefore(let column, _), .before(let column, _): column
    default: fixed
    }
  }

  /// The condition in SQL; `plain` says that an index of its column may be used.
  fileprivate func fragment(in table: ScanTable, plain: Bool) -> Fragment {
    if let column, !table.columns.contains(column) { return Fragment(sql: "FALSE") }
    let hidden = plain ? "" : "+"
    switch self {
    case .equals(.criteria, let text): return Fragment(sql: "criteria = ? COLLATE NOCASE", arguments: [text])
    case .equals(let column, let text): return Fragment(sql: "\(hidden)\(column.rawValue) = ?", arguments: [text])
    case .build(.upstreamBuildID, let number): return Fragment(sql: "upstream_build_number = ?", arguments: [number])
    case .build(_, let number): return Fragment(sql: "\(hidden)build_number = ?", arguments: [number])
    case .trust(let level): return Fragment(sql: "\(hidden)trust_level = ?", arguments: [level])
    case .notBefore(let column, let text):
      let name = hidden + column.rawValue
      return Fragment(sql: "\(name) >= ? AND typeof(\(column.rawValue)) = 'text'", arguments: [text])
    case .before(let column, let text): return Fragment(sql: "\(hidden)\(column.rawValue) < ?", arguments: [text])
    case .detail(_, let text) where isAttempt(in: table):
      // In the words of the index `details_attempt`, so that it is used.
      return Fragment(
        sql: """
          results.key IN (SELECT key FROM details
            WHERE instr(json, '"sortie_id"') > 0 AND json_extract(json, '$.sortie_id') = ?)
          """, arguments: [text])
    case .detail(let path, let text): return detail(path, in: table, types: ["text"], [text])
    case .detailNumber(let path, let number):
      return detail(path, in: table, types: ["integer", "text"], [number, "\(number)"])
    case .arrived(let time):
      return Fragment(
        sql: "\(table.table.rawValue).key >= ?", arguments: [max(0, time.nanoseconds / 1_000_000_000) << 24])
    case .never: return Fragment(sql: "FALSE")
    }
  }

  /// What stands at a path of the details, or in a list there, has one of the types and its value. SQLite's paths have no
  /// escape for a quote within a name; such a name is not found.
  private func detail(
    _ path: [String], in table: ScanTable, types: [String], _ values: [any DatabaseValueConvertible]
  ) -> Fragment {
    guard !path.contains(where: { $0.utf8.contains(UInt8(ascii: "\"")) }) else { return Fragment(sql: "FALSE") }
    let location = "$" + path.map { ".\"\($0)\"" }.joined()
    let values = zip(types, values).map { (type, value) in
      Fragment(sql: "e.type = '\(type)' AND e.value = ?", arguments: [value])
    }
    let kinds = (types + ["array"]).map { "'\($0)'" }.joined(separator: ", ")
    return Fragment(
      sql: """
        EXISTS (SELECT 1 FROM \(table.details) AS d, json_each(d.json, ?) AS e WHERE d.key = \(table.table.rawValue).key
          AND json_type(d.json, ?) IN (\(kinds)) AND (\(values.map(\.sql).joined(separator: " OR "))))
        """, arguments: [location, location] + values.flatMap(\.arguments))
  }
}
