import GRDB
import Model

/// A pod with the small number that clients of 2015 know it by.
public struct NumberedPod: Hashable, Sendable {
  /// From 1, in order of declaration.
  public var number: Int
  /// The pod.
  public var pod: Pod
}

extension ResultStore {
  /// All pods with their numbers, the oldest first.
  public func numberedPods() async throws(Fault) -> [NumberedPod] {
    try await read { db in
      try Row.fetchAll(db, sql: NumberedPod.selection + " ORDER BY pods.key").map(NumberedPod.init(row:))
    }
  }

  /// The pod of that name; else, if the text is a number, the pod of that number.
  public func numberedPod(_ text: String) async throws(Fault) -> NumberedPod? {
    let number = Int(text)
    return try await read { db in
      let named = try Row.fetchOne(db, sql: NumberedPod.selection + " WHERE pods.name = ?", arguments: [text])
      if let named { return NumberedPod(row: named) }
      guard let number else { return nil }
      return try Row.fetchOne(db, sql: NumberedPod.selection + " WHERE number = ?", arguments: [number])
        .map(NumberedPod.init(row:))
    }
  }

  /// The name of the pod of that number.
  public func podName(numbered number: Int) async throws(Fault) -> String? {
    try await read { db in
      let sql = "SELECT name FROM pods JOIN pod_numbers USING (name) WHERE number = ?"
      return try String.fetchOne(db.cachedStatement(sql: sql), arguments: [number])
    }
  }

  /// The numbers of all pods that there are or were, by name.
  public func podNumbers() async throws(Fault) -> [String: Int] {
    try await read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT name, number FROM pod_numbers")
      return Dictionary(rows.map { row in (row[0] as String, row[1] as Int) }, uniquingKeysWith: { $1 })
    }
  }
}

extension NumberedPod {
  fileprivate static let selection = "SELECT pods.*, number FROM pods JOIN pod_numbers ON pod_numbers.name = pods.name"

  fileprivate init(row: Row) {
    number = row["number"]
    pod = Pod(row: row)
  }
}
