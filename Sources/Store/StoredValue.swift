import Foundation
import GRDB

/// A value as it was sent: strings as strings, everything else as its JSON text. In the database a string is TEXT, JSON
/// text is a BLOB and null is NULL, so that comparing with a string only ever finds strings.
public enum StoredValue: Hashable, Sendable {
  /// Null or absent.
  case null
  /// A string; it must not hold a NUL.
  case string(String)
  /// The JSON text of a number, `true`, `false`, an array or an object.
  case json(String)
}

// No conformance to a protocol of GRDB: that would be public, and GRDB stays in this room.
extension StoredValue {
  /// The value as it is bound to a statement.
  var bound: DatabaseValue {
    switch self {
    case .null: .null
    case .string(let text): text.databaseValue
    case .json(let text): Data(text.utf8).databaseValue
    }
  }

  /// The value as it is read from a column.
  init(_ value: DatabaseValue) {
    switch value.storage {
    case .string(let text): self = .string(text)
    case .blob(let data): self = .json(String(decoding: data, as: UTF8.self))
    case .null, .int64, .double: self = .null
    }
  }
}

extension Row {
  /// The value in a column of type ANY.
  func value(_ column: String) -> StoredValue { StoredValue(self[column] as DatabaseValue) }

  /// The value in a column of type ANY.
  func value(_ index: Int) -> StoredValue { StoredValue(self[index] as DatabaseValue) }
}
