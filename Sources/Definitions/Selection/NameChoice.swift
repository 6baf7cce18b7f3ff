import Model

/// Which tiers and cases were named, and which excluded.
struct NameChoice {
  private struct Term {
    var text: String
    var glob: NameGlob?

    func matches(_ name: String) -> Bool { glob?.matches(name) ?? (text == name) }
  }

  /// True if the cases that nobody named are wanted too.
  let wantsAll: Bool
  private let tiers: Set<String>
  private let cases: Set<String>
  private let excludedBy: (tiers: [String: String], cases: [String: String])

  init(_ selection: Selection, _ catalog: Catalog) throws(Fault) {
    let names = try Self.terms(selection.names, "name")
    let tierNames = try Self.terms(selection.tiers, "tier")
    let excluded = try Self.terms(selection.exclude, "exclusion").map { term in
      term.text == "all" ? Term(text: "all", glob: NameGlob("*")) : term
    }
    let allTiers = catalog.tiers.map(\.name)
    let allCases = catalog.cases.map(\.name)
    let asksForAll = (names + tierNames).contains { $0.text == "all" }
    wantsAll = asksForAll || names.isEmpty && tierNames.isEmpty

    var unknown = Unknown()
    let inTiers = unknown.matches(names + tierNames, allTiers)
    let inCases = unknown.matches(names, allCases)
    unknown.require(names, among: allTiers + allCases, found: inTiers.found.union(inCases.found), "tier or case")
    unknown.require(tierNames, among: allTiers, found: inTiers.found, "tier")
    let outTiers = unknown.matches(excluded, allTiers)
    let outCases = unknown.matches(excluded, allCases)
    let plain = excluded.filter { $0.glob == nil }
    unknown.require(plain, among: allTiers + allCases, found: outTiers.found.union(outCases.found), "tier or case")
    try unknown.throwIfAny()

    tiers = Set(inTiers.by.keys)
    cases = Set(inCases.by.keys)
    excludedBy = (outTiers.by, outCases.by)
  }

  /// Whether the case or its tier was named.
  func names(_ definition: CaseDefinition, in tier: Tier) -> Bool {
    tiers.contains(tier.name) || cases.contains(definition.name)
  }

  /// What excludes a case, as written; nil if nothing does.
  func exclusion(of definition: CaseDefinition, in tier: Tier) -> String? {
    excludedBy.cases[definition.name] ?? excludedBy.tiers[tier.name]
  }

  /// The terms of comma lists. An empty one is refused: a script's unset variable must not select everything.
  private static func terms(_ lists: [String], _ what: String) throws(Fault) -> [Term] {
    var terms: [Term] = []
    for list in lists {
      for part in list.split(separator: ",", omittingEmptySubsequences: false) {
        let text = String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        guard !text.isEmpty else { throw Fault(.usage, "an empty \(what) was given", hint: "use `all` for everything") }
        terms.append(Term(text: text, glob: NameGlob.isGlob(text) ? NameGlob(text) : nil))
      }
    }
    return terms
  }

  /// Collects what matches nothing.
  private struct Unknown {
    private var complaints: [String] = []
    private var questions: [String] = []

    /// Which names the terms match, by the first term that does, and which terms matched something.
    func matches(_ terms: [Term], _ names: [String]) -> (by: [String: String], found: Set<String>) {
      let known = Set(names)
      var by: [String: String] = [:]
      var found: Set<String> = []
      for term in terms {
        let matched = term.glob == nil ? (known.contains(term.text) ? [term.text] : []) : names.filter(term.matches)
        if !matched.isEmpty { found.insert(term.text) }
        for name in matched where by[name] == nil { by[name] = term.text }
      }
      return (by, found)
    }

    mutating func require(_ terms: [Term], among names: [String], found: Set<String>, _ what: String) {
      for term in terms where term.text != "all" && !found.contains(term.text) {
        complaints.append("no \(what) \(term.glob == nil ? "is named" : "matches") \"\(term.text.prefix(80))\"")
        if questions.count < 10, let question = Nearest.question(term.text, among: names) { questions.append(question) }
      }
    }

    func throwIfAny() throws(Fault) {
      guard !complaints.isEmpty else { return }
      let shown = complaints.prefix(20).joined(separator: "; ")
      let rest = complaints.count > 20 ? "; and \(complaints.count - 20) more" : ""
      throw Fault(
        .usage, shown + rest,
        hint: questions.isEmpty ? "`sortie case list` shows what there is" : questions.joined(separator: " "))
    }
  }
}
