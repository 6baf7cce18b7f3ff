/// OpenDaylight: a Robot suite.
enum ODLBoard {
  static func board(_ testCase: String) -> Board {
    Board(description: "\(testCase) results for Dashboard", parts: [.tests("ODL nb tests/nb failures", counts)])
  }

  /// Tests and failures.
  @Sendable static func counts(_ details: DetailsNode) -> [Int]? {
    guard let tests = details["details"].elements else { return nil }
    return [tests.count, tests.count { $0["test_status"]["@status"].text == "FAIL" }]
  }
}
