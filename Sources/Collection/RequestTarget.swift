/// What a request asks for: its target, taken apart and decoded.
struct RequestTarget {
  /// Host and port where they stand in the target itself, as proxies send it.
  var authority: Substring?
  /// The path as it was sent.
  var text: Substring
  /// The segments of the path, decoded.
  var path: [String]
  /// The query as it was sent, without the question mark.
  var rawQuery = ""
  /// The parameters, decoded.
  var query: [(name: String, value: String)] = []

  /// Reads the target of a request. Nil for a malformed one, and for one with a segment `.` or `..`, however it is
  /// written: no client that knows what it wants sends these.
  init?(_ target: String, _ limits: Limits) {
    var rest = target.prefix { $0 != "#" }
    if rest.utf8.first != UInt8(ascii: "/") {
      guard let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) else { return nil }
      rest = rest.dropFirst(scheme.count)
      let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
      guard !rest[..<end].isEmpty else { return nil }
      authority = rest[..<end]
      rest = rest[end...]
    }
    let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    text = parts.first.map { $0.isEmpty ? "/" : $0 } ?? "/"
    guard let path = URLText.path(text), !path.contains("."), !path.contains("..") else { return nil }
    self.path = path
    guard parts.count > 1 else { return }
    rawQuery = String(parts[1])
    guard let query = URLText.query(parts[1], limit: limits.parameters) else { return nil }
    self.query = query
  }
}
