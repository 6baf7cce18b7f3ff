extension Avocado {
  /// A media type of a header field, in lower case: `application/json; indent=4`.
  public struct MediaType: Hashable, Sendable {
    /// `application/json`.
    public var name: String
    /// The parameters behind it.
    public var parameters: [String: String] = [:]

    /// Reads one.
    public init(_ text: some StringProtocol) {
      let parts = text.split(separator: ";", maxSplits: 16, omittingEmptySubsequences: false)
      name = (parts.first.map { trimmed($0) } ?? "").lowercased()
      for part in parts.dropFirst() {
        let pair = part.split(separator: "=", maxSplits: 1)
        guard pair.count == 2 else { continue }
        let value = trimmed(pair[1])
        let isQuoted = value.count > 1 && value.first == "\"" && value.last == "\""
        parameters[trimmed(pair[0]).lowercased()] = isQuoted ? String(value.dropFirst().dropLast()) : value
      }
    }

    /// What a body may be read as.
    public enum Kind: Sendable { case json, urlEncoded, multipart(boundary: String) }

    /// What a body of this type is read as; nil: it is not.
    public var kind: Kind? {
      switch name {
      case "application/json": .json
      case "application/x-www-form-urlencoded": .urlEncoded
      case "multipart/form-data": .multipart(boundary: parameters["boundary"] ?? "")
      default: nil
      }
    }
  }

  /// What the client wants back: always JSON, with so many blanks a level, or nil for all in one line.
  /// - Parameters:
  ///   - format: the parameter `format`, which stands over the header.
  ///   - accept: the header field `Accept`; nil: anything.
  /// - Throws: 404 for another format, 406 if no type in the header is JSON.
  public static func indentation(format: String?, accept: String?) throws(Refusal) -> Int? {
    let hasFormat = format != nil && format != ""
    guard !hasFormat || format == "json" else { throw .absent }
    guard let accept, !accept.isEmpty else { return nil }
    let types = accept.split(separator: ",").map { MediaType($0) }
    if let indent = types.lazy.compactMap({ $0.name == "application/json" ? $0.parameters["indent"] : nil }).first {
      return PythonInt.parse(indent).flatMap { $0 > 0 ? min($0, 8) : nil }
    }
    guard hasFormat || types.contains(where: { ["application/json", "application/*", "*/*", "*"].contains($0.name) })
    else { throw .notAcceptable }
    return nil
  }
}

private func trimmed(_ text: some StringProtocol) -> String {
  var rest = Substring(text)
  while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
  while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
  return String(rest)
}
