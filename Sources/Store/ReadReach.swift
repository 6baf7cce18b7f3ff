/// How much a read may have to look at, which says how many of its kind go on at once.
enum ReadReach: Hashable, Sendable {
  /// A handful of rows: an index leads to them.
  case few
  /// Perhaps every row of a table, but not what lies beside it.
  case rows
  /// Perhaps the details of every result.
  case details
}

/// Who may use the readers of the pool. However many reads that go far are asked for, some readers are left for those that
/// take no time, which therefore never stand in a queue behind them.
struct ReadLanes: Sendable {
  /// The readers of the pool.
  static let readers = 6

  private let rows = Turnstile(places: 2)
  private let details = Turnstile(places: 1)

  /// Where a read has to pass; nil: nowhere.
  func lane(for reach: ReadReach) -> Turnstile? {
    switch reach {
    case .few: nil
    case .rows: rows
    case .details: details
    }
  }
}
