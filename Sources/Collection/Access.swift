/// What the sender of a call may write.
struct Access: Hashable, Sendable {
  /// The dialects it may write in.
  var dialects: Set<DialectName>
  /// The projects it may write for; nil: all. Only the Test API has projects, so who is limited to some writes there only.
  var projects: Set<String>?

  /// Everything: a server that only this machine can reach.
  static let everything = Access(dialects: Set(DialectName.allCases), projects: nil)

  /// Nothing: somebody who has shown no token, and only reads.
  static let nothing = Access(dialects: [], projects: [])

  /// Whether something of a project may be written; nil for what belongs to none.
  func allows(project: String?) -> Bool {
    guard let projects else { return true }
    return project.map(projects.contains) ?? false
  }
}
