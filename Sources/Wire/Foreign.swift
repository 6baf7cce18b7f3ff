import Model

// What newer agents may say in words that this version does not have. It must not end the line: a verdict that nobody
// here understands is an error that says what was said.

/// An outcome of any version.
struct ForeignOutcome: Decodable {
  var outcome: Outcome

  private enum Key: String, CodingKey {
    case verdict, reason, ending, started, stopped, duration, leaked, outputDropped
  }

  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let verdict = try container.decode(String.self, forKey: .verdict)
    if let strange = try ForeignOutcome.strangeEnding(container) {
      outcome = try ForeignOutcome.error("the node says it ended as \"\(strange)\" (\(verdict))", container)
    } else if Verdict(rawValue: verdict) == nil {
      outcome = try ForeignOutcome.error("the node says its verdict is \"\(verdict)\"", container)
    } else {
      outcome = try Outcome(from: decoder)
    }
  }

  /// The names in an ending that has none that is known.
  private static func strangeEnding(_ container: KeyedDecodingContainer<Key>) throws -> String? {
    guard container.contains(.ending), try !container.decodeNil(forKey: .ending) else { return nil }
    let names = try container.nestedContainer(keyedBy: Name.self, forKey: .ending).allKeys.map(\.stringValue)
    let known = ["exited", "signalled", "timed_out", "not_spawned", "cancelled"]
    return names.contains(where: known.contains) ? nil : names.sorted().joined(separator: ", ")
  }

  private static func error(_ what: String, _ container: KeyedDecodingContainer<Key>) throws -> Outcome {
    let said = try container.decodeIfPresent(String.self, forKey: .reason).map { ": \($0)" } ?? ""
    return Outcome(
      verdict: .error, reason: what + ", which Sortie \(sortieVersion) does not know" + said,
      started: try container.decode(Timestamp.self, forKey: .started),
      stopped: try container.decode(Timestamp.self, forKey: .stopped),
      duration: try container.decodeIfPresent(Double.self, forKey: .duration) ?? 0,
      leaked: try container.decodeIfPresent([String].self, forKey: .leaked) ?? [],
      outputDropped: try container.decodeIfPresent(Int64.self, forKey: .outputDropped) ?? 0)
  }
}

/// A notice of any version: one of an unknown level is a warning.
struct ForeignNotice: Decodable {
  var notice: Activity.Notice

  private enum Key: String, CodingKey { case level, text, node }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let level = try container.decode(String.self, forKey: .level)
    notice = Activity.Notice(
      Activity.Notice.Level(rawValue: level) ?? .warning, try container.decode(String.self, forKey: .text),
      node: try container.decodeIfPresent(String.self, forKey: .node))
  }
}
