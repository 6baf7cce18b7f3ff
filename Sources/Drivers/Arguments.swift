import Model

/// Typed access to `run.args`, with faults that name the driver and the key.
struct Arguments {
  let driver: String
  let values: [String: JSONValue]

  init(_ spec: RunSpec) {
    driver = spec.driver
    values = spec.args
  }

  func fault(_ message: String, hint: String? = nil) -> Fault {
    Fault(.definition, "\(driver): \(message)", hint: hint)
  }

  /// A text that may be missing; numbers and truth values are taken as they would be written.
  func text(_ key: String) throws(Fault) -> String? {
    guard let value = values[key], value != .null else { return nil }
    guard let text = word(value), !text.isEmpty else { throw fault("args.\(key) has to be a text") }
    return text
  }

  /// A text that has to be there.
  func requiredText(_ key: String, hint: String) throws(Fault) -> String {
    guard let text = try text(key) else { throw fault("args.\(key) is missing", hint: hint) }
    return text
  }

  /// A list of words; a single word is a list of one; missing is empty.
  func words(_ key: String) throws(Fault) -> [String] {
    guard let value = values[key], value != .null else { return [] }
    guard let elements = value.array else {
      guard let text = word(value) else { throw fault("args.\(key) has to be a list of texts") }
      return [text]
    }
    var words: [String] = []
    for element in elements {
      guard let text = word(element) else { throw fault("args.\(key) has to be a list of texts") }
      words.append(text)
    }
    return words
  }

  /// A truth value that may be missing.
  func flag(_ key: String) throws(Fault) -> Bool {
    guard let value = values[key], value != .null else { return false }
    guard let flag = value.bool else { throw fault("args.\(key) has to be true or false") }
    return flag
  }

  /// Options for a command line: `--key value`, `-k value` for one letter, the bare name for true and null, nothing
  /// for false, once per element of a list. In alphabetical order, so that one catalog gives one command.
  func options(_ table: [String: JSONValue], except own: Set<String>) throws(Fault) -> [String] {
    var argv: [String] = []
    for (key, value) in table.sorted(by: { $0.key < $1.key }) where !own.contains(key) {
      let isName = key.utf8.allSatisfy {
        ($0 >= 97 && $0 <= 122) || ($0 >= 65 && $0 <= 90) || ($0 >= 48 && $0 <= 57) || $0 == 45 || $0 == 95
      }
      guard isName, let first = key.utf8.first, first != 45 else { throw fault("no option can be named \"\(key)\"") }
      let name = key.utf8.count == 1 ? "-\(key)" : "--\(key)"
      for element in value.array ?? [value] {
        switch element {
        case .bool(false): break
        case .bool(true), .null: argv.append(name)
        default:
          guard let text = word(element) else { throw fault("option \(key) has to be a text or a list of texts") }
          argv += [name, text]
        }
      }
    }
    return argv
  }

  /// A scalar as one word of a command line; nil for what cannot be one.
  private func word(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text.utf8.contains(0) ? nil : text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
