import Model

/// Writes a node as an entry of a lab file.
enum LabEntry {
  /// The lines of the entry.
  ///
  /// - Parameter indent: Columns before the dash.
  /// - Throws: `usage` for a node that no lab file can hold.
  static func lines(of node: Node, indent: Int) throws(Fault) -> [String] {
    if let objection = Names.objection(node.name, limit: Names.nodeLimit) {
      throw Fault(.usage, "the name \"\(node.name.prefix(80))\" \(objection)", hint: "choose another with --name")
    }
    var members = [("name", try scalar(node.name)), ("address", try scalar(node.address.text))]
    if let key = node.hostKey { members.append(("host_key", try scalar(key))) }
    if let path = node.identity { members.append(("identity", try scalar(path))) }
    if let path = node.sshConfig { members.append(("ssh_config", try scalar(path))) }
    if !node.labels.isEmpty {
      var labels: [String] = []
      for (key, value) in node.labels.sorted(by: { $0.key < $1.key }) {
        labels.append("\(try scalar(key)): \(try scalar(value))")
      }
      members.append(("labels", "{" + labels.joined(separator: ", ") + "}"))
    }
    if let slots = node.slots { members.append(("slots", String(slots))) }
    if let path = node.directory { members.append(("directory", try scalar(path))) }
    if let path = node.python { members.append(("python", try scalar(path))) }
    if node.isDrained { members.append(("drained", "true")) }
    let margin = String(repeating: " ", count: indent)
    return members.enumerated().map { margin + ($0.offset == 0 ? "- " : "  ") + $0.element.0 + ": " + $0.element.1 }
  }

  /// A text as a YAML scalar that reads as the same text, plain where that is safe.
  static func scalar(_ text: String) throws(Fault) -> String {
    guard text.unicodeScalars.allSatisfy({ $0.value >= 32 && !(127...159).contains($0.value) }) else {
      throw Fault(.usage, "\"\(DiagnosticText.visible(text).prefix(80))\" has control characters")
    }
    let isSafe = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "_./+=- @".utf8.contains(byte)
    }
    let edges = [text.utf8.first, text.utf8.last].compactMap(\.self)
    let hasPlainEdges = !edges.isEmpty && edges.allSatisfy { !" -@=".utf8.contains($0) || $0 == edges[1] && $0 == 61 }
    if isSafe, hasPlainEdges, YAMLScalar(text: text, isPlain: true).value == .text(text) { return text }
    return "'" + text.replacing("'", with: "''") + "'"
  }
}
