import GRDB

/// What a client calls a job: its string id, else its number, else, where that may be, the beginning of its string id.
public struct AvocadoJobName: Hashable, Sendable {
  /// What was said.
  public var text: String
  /// Whether a beginning will do. Not with a few digits alone, and in a write not with any number of them: whoever means
  /// the number of a job that is gone must not hit another job whose id happens to begin so.
  public var mayBeShort: Bool

  /// With so many digits alone nobody means a number.
  private static let longNumber = 10

  /// Makes a name.
  public init(_ text: String, forWriting: Bool) {
    self.text = text
    mayBeShort = !Self.isNumber(text) || !forWriting && text.utf8.count >= Self.longNumber
  }

  private static func isNumber(_ text: String) -> Bool { text.utf8.allSatisfy { (48...57).contains($0) } }

  /// The job's key.
  /// - Throws: `absent`, or `ambiguous` if it is the beginning of several.
  func find(_ db: Database) throws -> Int64 {
    guard !text.isEmpty, text.unicodeScalars.count <= 40 else { throw AvocadoProblem.absent }
    if let key = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT key FROM avocado_jobs WHERE id = ?"), arguments: [text])
    {
      return key
    }
    if Self.isNumber(text), let number = Int64(text), try db.finds("SELECT 1 FROM avocado_jobs WHERE key = ?", [number])
    {
      return number
    }
    guard mayBeShort else { throw AvocadoProblem.absent }
    // As the original's LIKE, in which the case of letters does not count; by the index of that collation.
    let keys = try Int64.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT key FROM avocado_jobs WHERE id >= ? COLLATE NOCASE AND id < ? COLLATE NOCASE
          ORDER BY id COLLATE NOCASE LIMIT 2
          """), arguments: [text, text + "\u{10FFFF}"])
    guard let key = keys.first else { throw AvocadoProblem.absent }
    guard keys.count == 1 else { throw AvocadoProblem.ambiguous }
    return key
  }
}
