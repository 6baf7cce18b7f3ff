import Dialects

extension AvocadoDialect {
  func listStatuses<Kind: Avocado.Status>(_ kind: Kind.Type, _ call: AvocadoCall) throws -> AvocadoReply {
    let all = Array(kind.allCases)
    let (page, next, previous) = try call.page(of: all.count)
    let shown = all.dropFirst(page.offset).prefix(Avocado.pageSize)
    return AvocadoReply(Avocado.page(page, next: next, previous: previous, Array(shown)))
  }

  /// A status by its number; by its name there is none.
  func showStatus<Kind: Avocado.Status>(_ kind: Kind.Type, _ key: String) throws -> AvocadoReply {
    guard let status = Kind(rawValue: Int(try Self.key(key))) else { throw Avocado.Refusal.absent }
    return AvocadoReply(Avocado.show(status))
  }
}
