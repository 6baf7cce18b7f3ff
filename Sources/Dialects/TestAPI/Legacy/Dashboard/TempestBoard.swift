/// Tempest: the tests of OpenStack.
enum TempestBoard {
  static func board(_ generation: TestAPI.Legacy.Dashboard.Generation) -> Board {
    var parts: [Board.Part] = [
      .duration("Tempest duration") { $0["duration"].plain },
      .tests("Tempest nb tests/nb failures", counts),
      .bar("Total number of tests run/failure tests", sums: ["Run", "Failed"], counts: counts),
    ]
    if generation == .second {
      parts.append(
        .graph("Tempest success rate", axes: [("y1", "Success rate")]) { details in
          details.members == nil ? nil : ["\(successRate(details))"]
        })
    }
    return Board(description: "Tempest results for Dashboard", parts: parts)
  }

  /// Tests and failures.
  @Sendable static func counts(_ details: DetailsNode) -> [Int]? {
    guard let tests = details["tests"].integer, let failures = details["failures"].integer else { return nil }
    return [tests, failures]
  }

  /// Percent; 0 where it cannot be told.
  private static func successRate(_ details: DetailsNode) -> Int {
    guard let counts = counts(details) else { return 0 }
    let (passed, isBeyond) = counts[0].subtractingReportingOverflow(counts[1])
    return isBeyond ? 0 : Percentage.of(passed, in: counts[0]) ?? 0
  }
}
