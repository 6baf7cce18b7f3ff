import Model

/// A document of the Test API's database, as a line of `mongoexport`.
public struct MongoDocument: Hashable, Sendable {
  /// The Test API's collections, those that others name first.
  public enum Collection: String, CaseIterable, Sendable {
    case pods, projects, testcases, results, deployresults, scenarios
  }

  /// 24 hexadecimal digits, in lower case.
  public var id: String
  /// What it says of when it was made; nil: nothing.
  public var created: Timestamp?
  /// Everything but the id: values as the Test API would have shown them. What its server turned from a text into a number
  /// (contract testapi.md 1.7.1) is a number.
  public var members: [String: SentValue]

  /// Reads a line.
  /// - Throws: ``ImportProblem`` for what is no document with an id.
  public init(_ line: [UInt8]) throws(ImportProblem) {
    var members = try ImportProblem.members(line)
    guard let id = try members.removeValue(forKey: "_id").map(ExtendedJSON.plain)?.string, id.utf8.count == 24,
      id.allSatisfy({ $0.isASCII && $0.isHexDigit })
    else { throw ImportProblem("there is no `_id` of 24 hexadecimal digits") }
    self.id = id.lowercased()
    self.members = [:]
    for (key, value) in members { self.members[key] = try ExtendedJSON.plain(value) }
    created = self.members["creation_date"]?.string.flatMap { Timestamp(rfc3339: $0 + "Z") }
  }

  /// The members with what the store keeps beside some of them, to look for: the number behind a build id, and the trust
  /// in a result.
  public var columns: [String: SentValue] {
    var columns = members
    for id in ["build_id", "upstream_build_id"] {
      let number = members[id].flatMap { Int($0.string ?? $0.json) }
      columns[id.dropLast(2) + "number"] = number.map { .other(json: String($0)) }
    }
    let level = members["trust_indicator"].flatMap { TestAPI.TrustIndicator(kept: $0)?.level }
    columns["trust_level"] = level.map { .other(json: $0.description) }
    return columns
  }

  /// Which collection a file holds, by its name: `results.json`, `testapi.results.json`, `results-2021.jsonl`.
  public static func collection(ofFile name: String) -> Collection? {
    let base = name.split(separator: "/").last ?? ""
    let words = base.lowercased().split { !$0.isLetter }.map(String.init)
    let named = words.compactMap(Collection.init)
    return named.count == 1 ? named[0] : nil
  }

  /// Which collection this belongs to, by what it says.
  public var collection: Collection? {
    func has(_ key: String) -> Bool { members[key] != nil }
    if has("case_name") { return .results }
    if has("pod_name") { return .deployresults }
    if has("project_name") { return has("name") ? .testcases : nil }
    guard has("name") else { return nil }
    if has("installers") { return .scenarios }
    return has("mode") || has("role") ? .pods : .projects
  }
}
