/// ONOS: two suites, each with a duration and a list of cases.
enum ONOSBoard {
  static let suites = ["FUNCvirNet", "FUNCvirNetL3"]

  // The first name ends in a blank, as it always did.
  static let board = Board(
    description: "ONOS results for Dashboard",
    parts: [
      .duration("ONOS FUNCvirNet duration ", xLabel: "time (s)") { duration($0, of: suites[0]) },
      .tests("ONOS FUNCvirNet nb tests/nb failures") { counts($0, of: suites[0]) },
      .duration("ONOS FUNCvirNetL3 duration", xLabel: "time (s)") { duration($0, of: suites[1]) },
      .tests("ONOS FUNCvirNetL3 nb tests/nb failures") { counts($0, of: suites[1]) },
    ])

  /// Tests and failures of a suite.
  static func counts(_ details: DetailsNode, of suite: String) -> [Int]? {
    guard let tests = details[suite]["status"].elements else { return nil }
    return [tests.count, tests.count { $0["Case result"].text == "FAIL" }]
  }

  /// Whole seconds of `0:00:08.999904`, the seconds rounded as Python 2 rounds.
  private static func duration(_ details: DetailsNode, of suite: String) -> String? {
    guard let text = details[suite]["duration"].text else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hours = Int(parts[0]), let minutes = Int(parts[1]), let seconds = Double(parts[2]),
      (0...1_000_000).contains(hours), (0...1_000_000).contains(minutes), (0...1_000_000).contains(seconds)
    else { return nil }
    return "\(hours * 3600 + minutes * 60 + Int(seconds.rounded()))"
  }
}
