import Model
import Yams

/// Turns the parser's nodes into ``YAMLNode``s: follows aliases, merges `<<`, counts, and finds keys given twice.
struct YAMLBuilder {
  private struct Anchored {
    var node: YAMLNode
    var count: Int
    var height: Int
  }

  private let text: MarkedText
  private let findings: Findings
  private var anchors: [String: Anchored] = [:]
  private var unfinished: Set<String> = []
  private var count = 0
  private var isStopped = false

  init(text: MarkedText, findings: Findings) {
    self.text = text
    self.findings = findings
  }

  /// The tree; nil if a limit was exceeded.
  mutating func root(_ node: Yams.Node) -> YAMLNode? {
    let (built, _) = build(node, depth: 1)
    return isStopped ? nil : built
  }

  /// The node and how many levels it has.
  private mutating func build(_ node: Yams.Node, depth: Int) -> (YAMLNode, height: Int) {
    let place = location(node.mark)
    var built = YAMLNode(content: .scalar(YAMLScalar(text: "", isPlain: true)), location: place)
    guard isWithinLimits(adding: 1, depth: depth, at: place) else { return (built, 1) }
    let before = count
    let anchor = node.anchor?.rawValue
    if let anchor { unfinished.insert(anchor) }
    var height = 1
    switch node {
    case .scalar(let scalar):
      if scalar.style == .plain, scalar.string.unicodeScalars.first == text.asterisk {
        return follow(scalar.string, depth: depth, at: place)
      }
      built.content = .scalar(self.scalar(scalar, at: place))
    case .sequence(let nodes):
      check(nodes.tag, is: "seq", at: place)
      built.content = .sequence(
        nodes.map { child in
          let (item, itemHeight) = build(child, depth: depth + 1)
          height = max(height, itemHeight + 1)
          return item
        })
    case .mapping(let mapping):
      check(mapping.tag, is: "map", at: place)
      built.content = .mapping(entries(mapping, depth: depth, height: &height))
    case .alias: break  // The parser resolves aliases itself and was given none.
    }
    if let anchor {
      unfinished.remove(anchor)
      anchors[anchor] = Anchored(node: built, count: count - before + 1, height: height)
    }
    return (built, height)
  }

  private mutating func entries(_ mapping: Yams.Node.Mapping, depth: Int, height: inout Int) -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    var merged: [YAMLNode] = []
    var places: [String: SourceLocation] = [:]
    for (keyNode, valueNode) in mapping {
      guard !isStopped else { break }
      let (value, valueHeight) = build(valueNode, depth: depth + 1)
      height = max(height, valueHeight + 1)
      let place = location(keyNode.mark)
      guard let (key, isPlain) = key(keyNode, at: place) else { continue }
      if key == "<<", isPlain {
        merged.append(value)
      } else if let first = places.updateValue(place, forKey: key) {
        findings.error("`\(key)` is given twice; the first is at \(first.line):\(first.column)", at: place)
      } else {
        entries.append(YAMLEntry(key: key, location: place, value: value))
      }
    }
    for value in merged { merge(value, into: &entries, &places) }
    return entries
  }

  /// A merge key: what the mapping does not say itself comes from the merged one, the first that has it.
  private func merge(_ value: YAMLNode, into entries: inout [YAMLEntry], _ places: inout [String: SourceLocation]) {
    for source in value.sequence ?? [value] {
      guard let members = source.mapping else {
        findings.error("`<<` merges mappings, and this is \(source.kind)", at: source.location)
        continue
      }
      for member in members where places[member.key] == nil {
        places[member.key] = member.location
        entries.append(member)
      }
    }
  }

  private func key(_ node: Yams.Node, at place: SourceLocation) -> (name: String, isPlain: Bool)? {
    guard case .scalar(let scalar) = node else {
      findings.error("a key must be a plain text", at: place)
      return nil
    }
    if let first = scalar.string.unicodeScalars.first {
      if let name = text.renamed[first] { return (name, false) }
      if first == text.asterisk, scalar.style == .plain {
        findings.error("a key cannot be an alias", at: place, hint: "quote a key that begins with *")
        return nil
      }
    }
    return (text.restored(scalar.string), scalar.style == .plain)
  }

  private mutating func follow(_ written: String, depth: Int, at place: SourceLocation) -> (YAMLNode, height: Int) {
    let nothing = YAMLNode(content: .scalar(YAMLScalar(text: "", isPlain: true)), location: place)
    let name = text.restored(String(written.unicodeScalars.dropFirst()))
    guard let anchored = anchors[name] else {
      if unfinished.contains(name) {
        findings.error("the alias *\(name) stands inside of what it names", at: place)
      } else {
        findings.error(
          "no anchor &\(name.prefix(40)) stands before this alias", at: place,
          hint: "quote a text that begins with *")
      }
      return (nothing, 1)
    }
    guard isWithinLimits(adding: anchored.count, depth: depth + anchored.height - 1, at: place) else {
      return (nothing, 1)
    }
    return (anchored.node, anchored.height)
  }

  private func scalar(_ scalar: Yams.Node.Scalar, at place: SourceLocation) -> YAMLScalar {
    let written = text.restored(scalar.string)
    if written.utf8.contains(0) { findings.error("a text cannot contain NUL", at: place) }
    switch scalar.tag.rawValue {
    case "", "!": return YAMLScalar(text: written, isPlain: scalar.style == .plain)
    case "tag:yaml.org,2002:str": return YAMLScalar(text: written, isPlain: false)
    case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
      return YAMLScalar(text: written, isPlain: true)
    default:
      findings.error("the tag \(scalar.tag.rawValue) is not known", at: place, hint: "remove it")
      return YAMLScalar(text: written, isPlain: false)
    }
  }

  private func check(_ tag: Tag, is name: String, at place: SourceLocation) {
    let known = ["", "!", "tag:yaml.org,2002:" + name]
    if !known.contains(tag.rawValue) {
      findings.error("the tag \(tag.rawValue) is not known here", at: place, hint: "remove it")
    }
  }

  private mutating func isWithinLimits(adding nodes: Int, depth: Int, at place: SourceLocation) -> Bool {
    guard !isStopped else { return false }
    count += nodes
    if count > YAMLDocument.nodeLimit {
      isStopped = true
      let message = "with its aliases the file has more than \(YAMLDocument.nodeLimit) nodes"
      findings.error(Fault(.limit, message, at: place, hint: "split the file, or use fewer aliases"))
    } else if depth > YAMLDocument.depthLimit {
      isStopped = true
      findings.error(Fault(.limit, "nested deeper than \(YAMLDocument.depthLimit) levels", at: place))
    }
    return !isStopped
  }

  private func location(_ mark: Mark?) -> SourceLocation {
    SourceLocation(file: text.source.file, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }
}
