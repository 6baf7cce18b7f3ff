/// A text in which `…` stands for anything.
struct Pattern {
  private let parts: [Substring]

  init(_ text: String) { parts = text.split(separator: "…", omittingEmptySubsequences: false) }

  func matches(_ text: String) -> Bool {
    guard let first = parts.first, text.hasPrefix(first) else { return false }
    guard parts.count > 1 else { return text == first }
    var rest = text.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(parts.last ?? "")
  }
}
