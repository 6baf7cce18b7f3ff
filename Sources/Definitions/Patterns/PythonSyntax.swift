import Model

/// Translates a pattern of Python's `re` (3.11) to PCRE2. What only PCRE2 knows (verbs, recursion, `\h`, `\K`, POSIX
/// classes) is an error or plain text in Python, and so it is here. Accepted beyond Python: look-behinds whose
/// alternatives differ in width.
struct PythonSyntax {
  /// What the pattern ends with so far: what a quantifier would repeat.
  enum Last {
    case nothing
    case item
    case quantifier
  }

  let input: [Unicode.Scalar]
  var at = 0
  var translated = ""
  /// Flags for the whole pattern: `a i m s x`.
  private(set) var flags: Set<Unicode.Scalar> = []
  var last = Last.nothing
  private var groups = 0
  private var closed: Set<Int> = []
  private var names: Set<String> = []
  private var open: [(number: Int?, isVerbose: Bool)] = []
  private var isVerbose = false

  init(_ pattern: String) { input = Array(pattern.unicodeScalars) }

  /// Fills ``translated`` and ``flags``.
  mutating func translate() throws(Fault) {
    while let scalar = next() { try step(scalar) }
    guard open.isEmpty else { throw wrong("missing )") }
  }

  private mutating func step(_ scalar: Unicode.Scalar) throws(Fault) {
    switch scalar {
    case "\\": try escape()
    case "[": try characterClass()
    case "(": try openGroup()
    case ")": try closeGroup()
    case "|", "^", "$":
      translated.unicodeScalars.append(scalar)
      last = .nothing
    case "*": try quantify("*")
    case "+": try quantify("+")
    case "?": try quantify("?")
    case "{": try brace()
    case " ", "\t", "\n", "\r", "\u{B}", "\u{C}":
      if !isVerbose { literal(scalar) }
    case "#" where isVerbose:
      while let skipped = next(), skipped != "\n" {}
    default: literal(scalar)
    }
  }

  private mutating func literal(_ scalar: Unicode.Scalar) {
    translated.unicodeScalars.append(scalar)
    last = .item
  }

  // MARK: Quantifiers

  private mutating func quantify(_ quantifier: String) throws(Fault) {
    switch last {
    case .nothing: throw wrong("nothing to repeat")
    case .quantifier: throw wrong("multiple repeat")
    case .item: translated += quantifier
    }
    if let suffix = peek(), suffix == "?" || suffix == "+" {
      at += 1
      translated.unicodeScalars.append(suffix)
    }
    last = .quantifier
  }

  /// `{2}`, `{2,}`, `{,3}`, `{2,3}`; any other brace is a character.
  private mutating func brace() throws(Fault) {
    let start = at
    let low = digits()
    let hasComma = peek() == ","
    if hasComma { at += 1 }
    let high = hasComma ? digits() : low
    guard peek() == "}", hasComma || !low.isEmpty else {
      at = start
      translated += "\\{"
      last = .item
      return
    }
    at += 1
    try quantify("{\(low.isEmpty ? "0" : low)\(hasComma ? "," + high : "")}")
  }

  // MARK: Groups

  private mutating func openGroup() throws(Fault) {
    guard peek() == "?" else { return beginGroup("(", captures: true) }
    at += 1
    guard let kind = next() else { throw wrong("unexpected end of pattern") }
    switch kind {
    case ":", "=", "!", ">": beginGroup("(?" + String(kind), captures: false)
    case "<":
      guard let side = next(), side == "=" || side == "!" else { throw wrong("unknown extension ?<") }
      beginGroup("(?<" + String(side), captures: false)
    case "P": try named()
    case "#":
      repeat { guard peek() != nil else { throw wrong("missing ), unterminated comment") } } while next() != ")"
    case "(": try conditional()
    default:
      at -= 1
      try inlineFlags()
    }
  }

  private mutating func beginGroup(_ text: String, captures: Bool) {
    if captures { groups += 1 }
    open.append((captures ? groups : nil, isVerbose))
    translated += text
    last = .nothing
  }

  private mutating func closeGroup() throws(Fault) {
    guard let group = open.popLast() else { throw wrong("unbalanced parenthesis") }
    if let number = group.number { closed.insert(number) }
    isVerbose = group.isVerbose
    translated += ")"
    last = .item
  }

  private mutating func named() throws(Fault) {
    switch next() {
    case "<":
      let name = try name(until: ">")
      guard names.insert(name).inserted else { throw wrong("redefinition of group name '\(name)'") }
      beginGroup("(?P<\(name)>", captures: true)
    case "=":
      let name = try name(until: ")")
      guard names.contains(name) else { throw wrong("unknown group name '\(name)'") }
      translated += "(?P=\(name))"
      last = .item
    default: throw wrong("unknown extension ?P")
    }
  }

  private mutating func conditional() throws(Fault) {
    let start = at
    let number = digits()
    if !number.isEmpty, peek() == ")" {
      at += 1
      return beginGroup("(?(\(number))", captures: false)
    }
    at = start
    let name = try name(until: ")")
    guard names.contains(name) else { throw wrong("unknown group name '\(name)'") }
    beginGroup("(?(<\(name)>)", captures: false)
  }

  private mutating func name(until end: Unicode.Scalar) throws(Fault) -> String {
    var name = ""
    while let scalar = next(), scalar != end { name.unicodeScalars.append(scalar) }
    let isIdentifier = name.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isXIDContinue }
    guard let first = name.unicodeScalars.first, isIdentifier, first == "_" || first.properties.isXIDStart else {
      throw wrong("bad character in group name '\(name)'")
    }
    return name
  }

  /// `(?im)` for the whole pattern, at its start only, or `(?i-s:` for a group. Verbose is undone here, not in PCRE2.
  private mutating func inlineFlags() throws(Fault) {
    let isAtStart = translated.isEmpty && open.isEmpty
    var on: [Unicode.Scalar] = []
    var off: [Unicode.Scalar] = []
    while let flag = peek(), "aiLmsux".unicodeScalars.contains(flag) { on.append(flag); at += 1 }
    let hasMinus = peek() == "-"
    if hasMinus {
      at += 1
      while let flag = peek(), "imsx".unicodeScalars.contains(flag) { off.append(flag); at += 1 }
    }
    let end = next()
    guard !on.contains("L"), !(on.contains("a") && on.contains("u")) else { throw wrong("bad inline flags") }
    if end == ")", !on.isEmpty, !hasMinus {
      guard isAtStart else { throw wrong("global flags not at the start of the expression") }
      flags.formUnion(on)
      if on.contains("x") { isVerbose = true }
      return
    }
    guard end == ":", hasMinus ? !off.isEmpty : !on.isEmpty, Set(on).isDisjoint(with: off) else {
      throw wrong("unknown extension or flag after (?")
    }
    guard !on.contains("a") else { throw wrong("the flag a is supported for the whole pattern only") }
    func kept(_ flags: [Unicode.Scalar]) -> String {
      flags.filter { "ims".unicodeScalars.contains($0) }.map(String.init).joined()
    }
    beginGroup("(?" + kept(on) + (kept(off).isEmpty ? "" : "-" + kept(off)) + ":", captures: false)
    if on.contains("x") { isVerbose = true }
    if off.contains("x") { isVerbose = false }
  }

  // MARK: Reading

  func peek() -> Unicode.Scalar? { at < input.count ? input[at] : nil }

  mutating func next() -> Unicode.Scalar? {
    guard at < input.count else { return nil }
    at += 1
    return input[at - 1]
  }

  mutating func digits() -> String {
    var digits = ""
    while let scalar = peek(), ("0"..."9").contains(scalar) {
      digits.unicodeScalars.append(scalar)
      at += 1
    }
    return digits
  }

  /// A back reference to a group that is complete.
  mutating func reference(_ number: Int) throws(Fault) {
    guard closed.contains(number) else { throw wrong("invalid group reference \(number)") }
    translated += "\\g{\(number)}"
    last = .item
  }

  func wrong(_ message: String) -> Fault {
    Fault(
      .definition, "this regular expression is wrong: \(message), at character \(at)",
      hint: "it is read as Python's `re`")
  }
}
