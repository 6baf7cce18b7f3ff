import Dialects
import Model
import Store

extension StoredValue {
  /// A value of the wire as it is kept. A string with a NUL, which ends text for SQLite, is kept as JSON text.
  init(_ value: SentValue) {
    switch value {
    case .null: self = .null
    case .string(let text) where text.utf8.contains(0): self = .json(value.json)
    case .string(let text): self = .string(text)
    case .other(let json): self = .json(json)
    }
  }
}

extension SentValue {
  /// A kept value as it was sent.
  init(_ value: StoredValue) {
    switch value {
    case .null: self = .null
    case .string(let text): self = .string(text)
    case .json(let json): self = .other(json: json)
    }
  }
}

extension TestAPIDialect {
  /// A time as the Test API shows it.
  func date(_ time: Timestamp) -> String { PythonDateTime.text(time, secondsEast: secondsEast(time)) }
}
