/// vPing: two machines that ping each other, by ssh or by user data.
enum VPingBoard {
  static func board(_ testCase: String) -> Board {
    Board(
      description: "\(testCase) results for Dashboard",
      parts: [
        .duration("\(testCase) duration") { $0["duration"].plain },
        .bar("\(testCase) status", sums: ["Nb tests", "Nb Success"], counts: status),
      ])
  }

  /// One test, and one or no success.
  @Sendable static func status(_ details: DetailsNode) -> [Int]? {
    details["status"].text.map { [1, $0 == "OK" ? 1 : 0] }
  }
}
