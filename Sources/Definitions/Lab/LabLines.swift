import Model

/// A lab file as lines, with the lines of each entry known.
struct LabLines {
  /// What the lines say. Paths are as written.
  let lab: Lab
  /// Columns before the dashes of the list.
  let dashIndent: Int
  private let file: String
  private let root: YAMLNode
  private let entries: [Range<Int>]
  private var lines: [String]
  private let lineBreak: String

  /// Reads a text.
  ///
  /// - Throws: The first thing that is wrong with the file, or that it cannot be edited by lines.
  init(_ text: String, file: String) throws(Fault) {
    let source = SourceText(file: file, text: text)
    var lines = (1...source.lineCount).map { String(source.line($0) ?? "") }
    if lines.last == "" { lines.removeLast() }
    var lab = Lab(nodes: [])
    var root = YAMLNode(content: .mapping([]), location: SourceLocation(file: file, line: 1, column: 1))
    if !lines.allSatisfy(Self.isBlank) {
      let findings = Findings()
      // Paths stay as written, so that an edited file can be compared with what it was.
      if let tree = YAMLDocument.read(source, findings), let read = LabReader.read(tree, Paths(), findings) {
        (root, lab) = (tree, read)
      }
      if let fault = findings.diagnostics.errors.first { throw fault }
    }
    let items = root["nodes"]?.sequence ?? []
    let isListInFlow = root["nodes"].map { !items.isEmpty && Self.isFlow($0, lines) } ?? false
    if root.location.column > 1 || Self.isFlow(root, lines) || isListInFlow { throw Self.notInLines(file) }
    let starts = try Self.dashes(of: items, lines, file)
    self.file = file
    self.lab = lab
    self.root = root
    lineBreak = text.utf8.contains(13) ? "\r\n" : "\n"
    dashIndent = starts.first.map { lines[$0].prefix { $0 == " " }.count } ?? 2
    entries = Self.entries(starts, members: (root.mapping ?? []).map { $0.location.line - 1 }, lines)
    self.lines = lines
  }

  /// The lines of each entry: from its dash to its last line that is no comment.
  private static func entries(_ starts: [Int], members: [Int], _ lines: [String]) -> [Range<Int>] {
    starts.indices.map { index in
      let start = starts[index]
      var end = index + 1 < starts.count ? starts[index + 1] : members.first { $0 > start } ?? lines.count
      while end > start + 1, isBlank(lines[end - 1]) { end -= 1 }
      return start..<end
    }
  }

  /// The text of the lines.
  var text: String { lines.map { $0 + lineBreak }.joined() }

  /// The index of a node.
  func node(_ name: String) -> Int? { lab.nodes.firstIndex { $0.name == name } }

  mutating func append(_ entry: [String]) throws(Fault) {
    if let last = entries.last {
      lines.insert(contentsOf: entry, at: last.upperBound)
    } else if let member = root.mapping?.first(where: { $0.key == "nodes" }) {
      // `nodes:` or `nodes: []`
      let line = member.location.line - 1
      let parts = lines[line].split(separator: "[]", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 {
        let comment = parts[1].drop { $0 == " " }
        lines[line] = Self.trimmed(parts[0]) + (comment.isEmpty ? "" : "  " + comment)
      }
      lines.insert(contentsOf: entry, at: line + 1)
    } else {
      lines += ["nodes:"] + entry
    }
  }

  mutating func remove(_ index: Int) throws(Fault) {
    lines.removeSubrange(entries[index])
  }

  /// Sets a member of a node: the value on its line, or a new line at the entry's end.
  mutating func set(_ key: String, _ value: String, ofNode index: Int) throws(Fault) {
    guard let item = root["nodes"]?.sequence?[index], !Self.isFlow(item, lines) else { throw Self.notInLines(file) }
    guard let member = item[key], let scalar = member.scalar else {
      let margin = String(repeating: " ", count: item.location.column - 1)
      return lines.insert(margin + key + ": " + value, at: entries[index].upperBound)
    }
    let line = member.location.line - 1
    let start = lines[line].unicodeScalars.index(
      lines[line].unicodeScalars.startIndex, offsetBy: member.location.column - 1)
    guard entries[index].contains(line), lines[line][start...].hasPrefix(scalar.text) else {
      throw Self.notInLines(file)
    }
    let end = lines[line].index(start, offsetBy: scalar.text.count)
    lines[line].replaceSubrange(start..<end, with: value)
  }

  /// The line of each item's dash: the item begins on it, or below it.
  private static func dashes(of items: [YAMLNode], _ lines: [String], _ file: String) throws(Fault) -> [Int] {
    var starts: [Int] = []
    for item in items {
      var line = item.location.line - 1
      while line > (starts.last ?? -1), lines[line].first(where: { $0 != " " }) != "-" { line -= 1 }
      guard line > (starts.last ?? -1) else { throw notInLines(file) }
      starts.append(line)
    }
    return starts
  }

  private static func isFlow(_ node: YAMLNode, _ lines: [String]) -> Bool {
    guard node.location.line <= lines.count else { return false }
    let first = lines[node.location.line - 1].unicodeScalars.dropFirst(node.location.column - 1).first
    return first == "[" || first == "{" || first == "&" || first == "!"
  }

  private static func isBlank(_ line: String) -> Bool {
    let first = line.first { $0 != " " && $0 != "\t" }
    return first == nil || first == "#"
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }

  private static func notInLines(_ file: String) -> Fault {
    Fault(
      .definition, "\(file) cannot be edited by lines",
      hint: "write the list of nodes in block style, one `- name:` each")
  }
}
