import Model

extension Paddles.Run {
  /// The fields that `fields=` may ask for.
  public enum Field: String, CaseIterable, Hashable, Sendable {
    case id, name, status, user, scheduled, suite, branch
    case machineType = "machine_type"
    case posted, started, updated, href, priority

    /// Reads `a,b`; nil for nothing.
    /// - Throws: `400 an invalid field was specified`.
    public static func list(_ text: String?) throws(Paddles.Refusal) -> [Field]? {
      guard let text, !text.isEmpty else { return nil }
      var fields: [Field] = []
      for name in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let field = Field(rawValue: String(name)) else { throw .badField }
        if !fields.contains(field) { fields.append(field) }
      }
      return fields
    }
  }

  /// Appends the run as an object that is left open, for its jobs.
  /// - Parameter root: the URL of the API's root, without a slash at its end.
  public func open(root: String, _ writer: inout JSONWriter) {
    let status = state.status
    let first = state.first
    // Without jobs there is no first one to show anything of.
    let (sha1, flavor) = (first?.sha1 ?? .string("none"), first?.flavor ?? .string("none"))
    writer.append(json: "{")
    writer.append(key: "name", first: true)
    writer.append(string: name)
    writer.append(key: "href")
    writer.append(json: href(root))
    writer.append(key: "user")
    writer.append(string: user)
    writer.append(key: "status")
    writer.append(string: status)
    writer.append(key: "results")
    writer.append(json: "{")
    for (index, known) in Paddles.JobStatus.allCases.enumerated() {
      writer.append(anyKey: known.rawValue, first: index == 0)
      writer.append(json: String(state.counts[known]))
    }
    writer.append(key: "total")
    writer.append(json: String(state.counts.total))
    writer.append(key: "sha1")
    writer.append(sha1)
    writer.append(key: "flavor")
    writer.append(flavor)
    writer.append(json: "}")
    writer.append(key: "jobs_count")
    writer.append(json: String(state.counts.total))
    for (key, time) in [
      ("posted", posted), ("scheduled", scheduled), ("started", state.started), ("updated", state.updated),
    ] {
      writer.append(anyKey: key)
      writer.append(Paddles.value(time))
    }
    for (key, text) in [("branch", state.branch), ("suite", state.suite), ("machine_type", state.machineType)] {
      writer.append(anyKey: key)
      writer.append(string: text)
    }
    writer.append(key: "sha1")
    writer.append(sha1)
    writer.append(key: "priority")
    writer.append(json: priority)
    writer.append(key: "flavor")
    writer.append(flavor)
  }

  /// Appends some fields of the run as an object.
  /// - Parameter id: the number of its row.
  public func write(_ fields: [Field], id: Int64, root: String, _ writer: inout JSONWriter) {
    writer.append(json: "{")
    for (index, field) in fields.enumerated() {
      writer.append(anyKey: field.rawValue, first: index == 0)
      switch field {
      case .id: writer.append(json: String(id))
      case .name: writer.append(string: name)
      case .status: writer.append(string: state.status)
      case .user: writer.append(string: user)
      case .suite: writer.append(string: state.suite)
      case .branch: writer.append(string: state.branch)
      case .machineType: writer.append(string: state.machineType)
      case .scheduled: writer.append(Paddles.value(scheduled))
      case .posted: writer.append(Paddles.value(posted))
      case .started: writer.append(Paddles.value(state.started))
      case .updated: writer.append(Paddles.value(state.updated))
      case .href: writer.append(json: href(root))
      case .priority: writer.append(json: priority)
      }
    }
    writer.append(json: "}")
  }

  private var priority: String { state.first?.priority.map { String($0) } ?? "null" }

  private func href(_ root: String) -> String { Paddles.href(root, "runs", name) }
}

extension Paddles {
  /// Where something is: an array of one string, which is what the original's clients know.
  static func href(_ root: String, _ segments: String...) -> String {
    var writer = JSONWriter()
    writer.append(json: "[")
    writer.append(string: root + segments.map { "/" + escaped($0) }.joined() + "/")
    writer.append(json: "]")
    return writer.text
  }

  /// A name as a segment of a path. What RFC 3986 allows there stays, so that the times in names stay readable.
  private static func escaped(_ name: String) -> String {
    guard !name.utf8.allSatisfy(isPlain) else { return name }
    var escaped = ""
    for byte in name.utf8 {
      if isPlain(byte) {
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        escaped += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return escaped
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122: true
    default: "-._~!$&'()*+,;=:@".utf8.contains(byte)
    }
  }
}
