import Model

/// What one catalog file says.
struct CatalogPart {
  var tiers: [Tier] = []
  var domains: [(name: String, domain: Domain, location: SourceLocation)] = []
}

extension CatalogReader {
  /// One catalog of the parts in their order, and the faults that only show in the whole.
  static func merge(_ parts: [CatalogPart], _ findings: Findings) -> Catalog {
    var catalog = Catalog(tiers: parts.flatMap(\.tiers))
    reportRepeated(catalog.tiers.map { ($0.name, $0.location) }, "tier", findings)
    reportRepeated(catalog.cases.map { ($0.name, $0.location) }, "case", findings)
    reportRepeated(parts.flatMap { $0.domains.map { ($0.name, $0.location) } }, "domain", findings)
    let used = Set(catalog.cases.map(\.domain))
    let candidates = used.sorted()
    for (name, domain, location) in parts.flatMap(\.domains) {
      catalog.domains[name] = domain
      if !used.contains(name) {
        findings.warn(
          "no case belongs to the domain \(name)", at: location, hint: Nearest.question(name, among: candidates))
      }
    }
    return catalog
  }

  private static func reportRepeated(
    _ names: [(name: String, location: SourceLocation?)], _ what: String, _ findings: Findings
  ) {
    var first: [String: SourceLocation?] = [:]
    for (name, location) in names {
      if let place = first[name] {
        let other = place.map { "; the first is at \($0)" } ?? ""
        findings.error("there are two \(what)s named \(name)\(other)", at: location, hint: "rename one of them")
      } else {
        first.updateValue(location, forKey: name)
      }
    }
  }
}
