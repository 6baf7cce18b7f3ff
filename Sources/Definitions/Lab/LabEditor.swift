import Model

/// Edits the text of a lab file in place: only the lines of the entry in question change, comments and formatting of
/// the others stay. Every result is read again and compared with what was meant before it is handed back.
public enum LabEditor {
  /// The text of a lab file with one more node at the end of its list.
  ///
  /// - Parameter text: The file's text; nil: there is no file yet.
  /// - Throws: `usage` if the name is taken, `definition` for a file that is faulty or cannot be edited by lines.
  public static func add(_ node: Node, to text: String?, file: String) throws(Fault) -> String {
    var lines = try LabLines(text ?? header, file: file)
    guard lines.node(node.name) == nil else {
      throw Fault(.usage, "\(file) has a node \(node.name) already", hint: "choose another name with --name")
    }
    var expected = lines.lab.nodes
    expected.append(node)
    try lines.append(try LabEntry.lines(of: node, indent: lines.dashIndent))
    return try verified(lines.text, expected, file)
  }

  /// The text of a lab file without a node.
  ///
  /// - Throws: `not_found` if there is no such node, `definition` for a file that is faulty or cannot be edited by
  ///   lines.
  public static func remove(_ name: String, from text: String, file: String) throws(Fault) -> String {
    var lines = try LabLines(text, file: file)
    let index = try index(of: name, lines, file)
    var expected = lines.lab.nodes
    expected.remove(at: index)
    try lines.remove(index)
    return try verified(lines.text, expected, file)
  }

  /// The text of a lab file with a node drained or not.
  ///
  /// - Throws: `not_found` if there is no such node, `definition` for a file that is faulty or cannot be edited by
  ///   lines.
  public static func setDrained(
    _ name: String, _ isDrained: Bool, in text: String, file: String
  ) throws(Fault) -> String {
    var lines = try LabLines(text, file: file)
    let index = try index(of: name, lines, file)
    guard lines.lab.nodes[index].isDrained != isDrained else { return text }
    var expected = lines.lab.nodes
    expected[index].isDrained = isDrained
    try lines.set("drained", isDrained ? "true" : "false", ofNode: index)
    return try verified(lines.text, expected, file)
  }

  private static let header = """
    # The lab: machines that agents run on. `sortie node add user@host` adds to it; comments are kept.
    sortie: 1

    """

  private static func index(of name: String, _ lines: LabLines, _ file: String) throws(Fault) -> Int {
    if let index = lines.node(name) { return index }
    throw Fault(
      .notFound, "\(file) has no node \(name)", hint: Nearest.question(name, among: lines.lab.nodes.map(\.name)))
  }

  private static func verified(_ text: String, _ expected: [Node], _ file: String) throws(Fault) -> String {
    func plain(_ nodes: [Node]) -> [Node] {
      nodes.map { node in
        var node = node
        node.location = nil
        return node
      }
    }
    let edited = try? LabLines(text, file: file)
    if let edited, plain(edited.lab.nodes) == plain(expected) { return text }
    throw Fault(.definition, "\(file) cannot be edited safely", hint: "edit it by hand; docs/lab.md shows its form")
  }
}
