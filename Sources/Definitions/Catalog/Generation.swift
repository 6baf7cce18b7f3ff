import Model

/// Which generation of `testcases.yaml` a file is. Contract: the table of case keys by release.
enum Generation {
  /// A file of our own: `sortie: 1` at the top.
  case own
  /// Colorado and Danube: `name`, criteria as an expression.
  case colorado
  /// Euphrates and Fraser: `case_name`, dependencies on installer and scenario, `run` by module and class.
  case euphrates
  /// Gambia and later, and Xtesting: `run` by driver name, dependencies on any variable.
  case xtesting

  var isOwn: Bool { self == .own }

  /// What a case without `blocking` is. The older releases require the key, so leaving it out is worth a warning there.
  var blocksByDefault: Bool { self == .xtesting }

  /// Looks for the marks of each generation anywhere in the file: releases differ, but no file mixes them.
  static func of(_ root: YAMLNode) -> Generation {
    if root["sortie"] != nil { return .own }
    let tiers = root["tiers"]?.sequence ?? []
    let cases = tiers.flatMap { $0["testcases"]?.sequence ?? [] }
    if cases.contains(where: { $0["run"]?["name"] != nil || $0["dependencies"]?.sequence != nil }) { return .xtesting }
    if cases.contains(where: { $0["name"] != nil && $0["case_name"] == nil }) { return .colorado }
    let isEuphrates = cases.contains { $0["run"]?["module"] != nil || $0["dependencies"]?.mapping != nil }
    return isEuphrates || tiers.contains { $0["ci_loop"] != nil || $0["order"] != nil } ? .euphrates : .xtesting
  }
}

/// The keys that catalog files may have; the schema in `docs/catalog.schema.json` names the same.
enum CatalogKeys {
  static let top = ["sortie", "tiers", "domains"]
  static let tier = ["name", "order", "ci_loop", "description", "testcases", "setup", "teardown"]
  static let domain = ["setup", "teardown"]
  static let hook = ["run", "files", "timeout"]
  static let run = ["name", "module", "class", "args", "env"]
  static let testcase = [
    "case_name", "name", "project_name", "enabled", "criteria", "blocking", "description", "dependencies", "run",
    "domain", "files", "timeout", "retries", "locks", "requires", "artifacts", "weight", "on", "output_limit",
  ]
  static let upstreamTop = ["tiers"]
  static let upstreamTier = ["name", "order", "ci_loop", "description", "testcases"]
  static let upstreamCase = [
    "case_name", "name", "project_name", "enabled", "criteria", "blocking", "clean_flag", "description", "dependencies",
    "run",
  ]
  static let advice = "it is read in files that say `sortie: 1` at the top"
}
