import Model
import Yams

/// Reads one YAML document into ``YAMLNode``s, within limits.
///
/// The parser never sees an alias: each `*` goes to it as a placeholder character, and aliases are followed here, where
/// what they expand to is counted. So no file can grow, nest or share its way past the limits inside the parser.
/// Likewise a key that is given twice is renamed for the parser, which would stop at it, and reported here.
enum YAMLDocument {
  /// Nodes of a document, counted after aliases are followed.
  static let nodeLimit = 1_000_000
  /// Levels of nesting, counted after aliases are followed.
  static let depthLimit = 64
  /// Characters that may begin a node; more are refused before parsing.
  private static let indicatorLimit = 2_000_000
  /// Keys given twice that are all reported; after that many the reading ends. Each costs a parse, so that large files
  /// have fewer.
  private static func duplicateLimit(_ source: SourceText) -> Int {
    min(20, max(1, (4 << 20) / (source.text.utf8.count + 1)))
  }

  /// The document's root; nil if there is none or the text is no YAML, which is then among the findings.
  static func read(_ source: SourceText, _ findings: Findings) -> YAMLNode? {
    findings.add(source)
    guard isReadable(source, findings) else { return nil }
    var text = MarkedText(source)
    let limit = duplicateLimit(source)
    for _ in 0...limit {
      do {
        let parser = try Parser(yaml: text.marked, resolver: .basic, encoding: .utf8)
        // Nodes hold their anchors weakly; the parser owns them.
        return try withExtendedLifetime(parser) {
          guard let root = try parser.singleRoot() else {
            findings.error("the file is empty", at: SourceLocation(file: source.file, line: 1, column: 1))
            return nil
          }
          var builder = YAMLBuilder(text: text, findings: findings)
          return builder.root(root)
        }
      } catch YamlError.duplicatedKeysInMapping(let names, let context) {
        let place = SourceLocation(file: source.file, line: context.mark.line, column: context.mark.column)
        guard let name = names.first, text.rename(name, at: place) else {
          findings.error("a key is given twice in this mapping; its first place is here", at: place)
          return nil
        }
      } catch {
        findings.error(fault(error, in: source))
        return nil
      }
    }
    findings.error("\(source.file): more than \(limit) keys are given twice", at: nil)
    return nil
  }

  /// What would make the parser fail without a place, or work too long.
  private static func isReadable(_ source: SourceText, _ findings: Findings) -> Bool {
    var indicators = 0
    var offset = 0
    for scalar in source.text.unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x2C, 0x2D, 0x3A, 0x3F, 0x5B, 0x7B: indicators += 1
      case 0x09, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x10000...: break
      default:
        let code = String(scalar.value, radix: 16, uppercase: true)
        findings.error(
          "YAML does not allow the character U+\(String(repeating: "0", count: max(0, 4 - code.count)))\(code)",
          at: source.location(ofByte: offset), hint: "remove it, or write it as an escape in double quotes")
        return false
      }
      offset += UTF8.width(scalar)
    }
    guard indicators <= indicatorLimit else {
      findings.error(Fault(.limit, "\(source.file) has too many nodes", hint: "split it into several files"))
      return false
    }
    return true
  }

  private static func fault(_ error: any Error, in source: SourceText) -> Fault {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = SourceLocation(file: source.file, line: mark.line, column: mark.column)
      if problem.contains("nesting level") {
        return Fault(.limit, "nested deeper than \(depthLimit) levels", at: place)
      }
      let start =
        context.map { context in
          let begin = "\(context.mark.line):\(context.mark.column)"
          return " (\(context.text)" + (begin == "\(mark.line):\(mark.column)" ? ")" : ", which begins at \(begin))")
        } ?? ""
      return Fault(.definition, "this is not YAML: \(problem)\(start)", at: place, hint: hint(problem, source, place))
    default: return Fault(.definition, "\(source.file) is not YAML")
    }
  }

  private static func hint(_ problem: String, _ source: SourceText, _ place: SourceLocation) -> String? {
    if source.line(place.line)?.prefix(place.column).last == "\t" { return "indent with spaces; YAML allows no tabs" }
    if problem.contains("mapping values are not allowed") {
      return "check the indentation, and quote a text that contains \": \""
    }
    if problem.contains("another document") { return "write one document a file" }
    if problem.contains("end of stream") { return "close the quote that was opened" }
    return problem.contains("find expected") ? "check the indentation of this line and the one before it" : nil
  }
}

/// A source text as the parser gets it: see ``YAMLDocument``.
struct MarkedText {
  let source: SourceText
  /// What the parser reads. Each replacement is one character for one, so that all places stay the same.
  private(set) var marked: String
  /// Stands for `*`.
  let asterisk: Unicode.Scalar
  /// Keys that were given twice: the character that begins the one that was renamed, and its true name.
  private(set) var renamed: [Unicode.Scalar: String] = [:]
  private var unused: [Unicode.Scalar]
  private static let privateUse: ClosedRange<UInt32> = 0xF0000...0xFFFFD

  init(_ source: SourceText) {
    self.source = source
    // Private-use characters that the file itself does not have.
    let present = Set(source.text.unicodeScalars.lazy.filter { $0.value >= 0xF0000 })
    unused = Array(Self.privateUse.lazy.compactMap(Unicode.Scalar.init).filter { !present.contains($0) }.prefix(64))
    asterisk = unused.popLast() ?? "\u{FFFD}"
    marked = source.text
    if marked.utf8.contains(UInt8(ascii: "*")) {
      var scalars = String.UnicodeScalarView()
      for scalar in source.text.unicodeScalars { scalars.append(scalar == "*" ? asterisk : scalar) }
      marked = String(scalars)
    }
    marked.makeContiguousUTF8()
  }

  /// Renames the key that begins at a place. False if no scalar key begins there.
  mutating func rename(_ name: String, at place: SourceLocation) -> Bool {
    let current = SourceText(file: source.file, text: marked)
    guard !name.isEmpty, let offset = current.byteOffset(line: place.line, column: place.column),
      let mark = unused.popLast()
    else { return false }
    var at = marked.utf8.index(marked.startIndex, offsetBy: offset)
    guard at < marked.endIndex, !"[{?&!|>".unicodeScalars.contains(marked.unicodeScalars[at]) else { return false }
    if marked.unicodeScalars[at] == "'" || marked.unicodeScalars[at] == "\"" {
      at = marked.unicodeScalars.index(after: at)
    }
    guard at < marked.endIndex, marked.unicodeScalars[at] != "\\" else { return false }
    let next = marked.unicodeScalars.index(after: at)
    marked.unicodeScalars.replaceSubrange(at..<next, with: CollectionOfOne(mark))
    renamed[mark] = restored(name)
    return true
  }

  /// The text as written.
  func restored(_ text: String) -> String {
    guard text.utf8.contains(0xF3) else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { scalars.append(scalar == asterisk ? "*" : scalar) }
    return String(scalars)
  }
}
