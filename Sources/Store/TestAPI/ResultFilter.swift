import GRDB
import Model

/// Which results are looked for. All conditions must hold.
public struct ResultFilter: Hashable, Sendable {
  /// A column of a result.
  public enum Column: String, Sendable, CaseIterable {
    case id
    case pod = "pod_name"
    case project = "project_name"
    case testCase = "case_name"
    case installer, version, scenario, criteria
    case buildTag = "build_tag"
    case startDate = "start_date"
    case stopDate = "stop_date"
  }

  /// One condition.
  public enum Condition: Hashable, Sendable {
    /// The column is exactly this string. Criteria are compared without regard to the case of ASCII letters.
    case equals(Column, String)
    /// The details hold exactly this string at a path of member names, or a list there that has it as an element.
    case detail(path: [String], String)
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
  /// All conditions as one piece.
  var fragment: Fragment { Fragment.all(conditions.map(\.fragment)) }

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
  var fragment: Fragment {
    switch self {
    case .equals(.criteria, let text): Fragment(sql: "criteria = ? COLLATE NOCASE", arguments: [text])
    case .equals(let column, let text): Fragment(sql: "\(column.rawValue) = ?", arguments: [text])
    case .notBefore(let column, let text):
      Fragment(sql: "\(column.rawValue) >= ? AND typeof(\(column.rawValue)) = 'text'", arguments: [text])
    case .before(let column, let text): Fragment(sql: "\(column.rawValue) < ?", arguments: [text])
    case .detail(["sortie_id"], let text):
      // In the words of the index `details_attempt`, so that it is used.
      Fragment(
        sql: """
          results.key IN (SELECT key FROM details
            WHERE instr(json, '"sortie_id"') > 0 AND json_extract(json, '$.sortie_id') = ?)
          """, arguments: [text])
    case .detail(let path, let text): detail(path, text)
    case .arrived(let time):
      Fragment(sql: "results.key >= ?", arguments: [max(0, time.nanoseconds / 1_000_000_000) << 24])
    case .never: Fragment(sql: "FALSE")
    }
  }

  /// SQLite's paths have no escape for a quote within a name; such a name is not found.
  private func detail(_ path: [String], _ text: String) -> Fragment {
    guard !path.contains(where: { $0.utf8.contains(UInt8(ascii: "\"")) }) else { return Fragment(sql: "FALSE") }
    let location = "$" + path.map { ".\"\($0)\"" }.joined()
    return Fragment(
      sql: """
        EXISTS (SELECT 1 FROM details AS d, json_each(d.json, ?) AS e WHERE d.key = results.key
          AND json_type(d.json, ?) IN ('text', 'array') AND e.type = 'text' AND e.value = ?)
        """, arguments: [location, location, text])
  }
}
