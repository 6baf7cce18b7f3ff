import Model

/// Reads the tree of one catalog file.
struct CatalogFile {
  let generation: Generation
  /// The folder of the file.
  let folder: String
  let findings: Findings

  func read(_ root: YAMLNode) -> CatalogPart {
    var part = CatalogPart()
    guard let top = Fields(root, "the catalog", findings) else { return part }
    let own = generation.isOwn
    if own { checkVersion(top, "catalogs") }
    top.warnOfUnknown(
      known: own ? CatalogKeys.top : CatalogKeys.upstreamTop,
      foreign: own ? nil : (CatalogKeys.top, CatalogKeys.advice))
    if let tiers = top.value("tiers") {
      if let nodes = tiers.sequence {
        part.tiers = nodes.compactMap(tier)
      } else {
        findings.error("`tiers` must be a list, and is \(tiers.kind)", at: tiers.location)
      }
    } else if !own || top["domains"] == nil {
      findings.error("the file has no `tiers`", at: top.location, hint: "a catalog begins with `tiers:` and a list")
    }
    if own, let domains = top.value("domains") { part.domains = read(domains: domains) }
    return part
  }

  private func tier(_ node: YAMLNode) -> Tier? {
    guard var fields = Fields(node, "tier", findings) else { return nil }
    let name = fields.name("name")
    if fields.value("name") == nil { findings.error("the tier has no `name`", at: fields.location) }
    fields.subject = "tier \(name ?? "?")"
    let own = generation.isOwn
    fields.warnOfUnknown(
      known: own ? CatalogKeys.tier : CatalogKeys.upstreamTier,
      foreign: own ? nil : (CatalogKeys.tier, CatalogKeys.advice))
    var tier = Tier(name: name ?? "?", location: fields.location)
    tier.order = fields.integer("order", in: -1_000_000...1_000_000).map(Int.init)
    tier.loop = pattern(fields, "ci_loop")
    tier.description = description(fields)
    if own {
      tier.setup = hook(fields, "setup")
      tier.teardown = hook(fields, "teardown")
    }
    if let cases = fields.value("testcases") {
      if let nodes = cases.sequence {
        tier.cases = nodes.compactMap { testcase($0, tier: tier.name) }
        if nodes.isEmpty { findings.warn("\(fields.subject) has no cases", at: cases.location) }
      } else {
        findings.error("\(fields.subject): `testcases` must be a list, and is \(cases.kind)", at: cases.location)
      }
    } else {
      findings.error("\(fields.subject) has no `testcases`", at: fields.location)
    }
    return name == nil ? nil : tier
  }

  private func read(domains node: YAMLNode) -> [(name: String, domain: Domain, location: SourceLocation)] {
    guard let entries = node.mapping else {
      findings.error("`domains` must map names to set-ups and tear-downs, and is \(node.kind)", at: node.location)
      return []
    }
    return entries.compactMap { entry in
      if let objection = Names.objection(entry.key) {
        findings.error("the domain's name \"\(entry.key.prefix(80))\" \(objection)", at: entry.location)
        return nil
      }
      guard !entry.value.isNull else { return (entry.key, Domain(), entry.location) }
      guard let fields = Fields(entry.value, "domain \(entry.key)", findings) else { return nil }
      fields.warnOfUnknown(known: CatalogKeys.domain)
      let domain = Domain(setup: hook(fields, "setup"), teardown: hook(fields, "teardown"))
      return (entry.key, domain, entry.location)
    }
  }

  private func hook(_ fields: Fields, _ key: String) -> Hook? {
    guard let node = fields.value(key), let inner = Fields(node, "\(fields.subject): \(key)", findings) else {
      return nil
    }
    inner.warnOfUnknown(known: CatalogKeys.hook)
    guard inner.value("run") != nil else {
      findings.error("\(inner.subject) has no `run`", at: inner.location)
      return nil
    }
    guard let run = run(inner) else { return nil }
    return Hook(run: run, files: files(inner), folder: folder, timeout: inner.duration("timeout") ?? 300)
  }

  func description(_ fields: Fields) -> String {
    var text = (fields.text("description") ?? "")[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// A regular expression that compiles.
  func pattern(_ fields: Fields, _ key: String) -> String? {
    guard let node = fields.value(key), let text = fields.text(key) else { return nil }
    return check(text, at: node.location) ? text : nil
  }

  func check(_ pattern: String, at location: SourceLocation) -> Bool {
    do throws(Fault) {
      _ = try Pattern(pattern)
      return true
    } catch {
      findings.error(error.message, at: location, hint: error.hint)
      return false
    }
  }
}

/// Checks the `sortie:` key of our own files: which version of the format the file is in.
func checkVersion(_ top: Fields, _ what: String) {
  guard let node = top["sortie"], node.scalar?.value != .integer(1) else { return }
  top.findings.error(
    "`sortie` must be 1, the only version of \(what) so far, and is \(node.kind)", at: node.location,
    hint: "write `sortie: 1`, or use a newer Sortie")
}
