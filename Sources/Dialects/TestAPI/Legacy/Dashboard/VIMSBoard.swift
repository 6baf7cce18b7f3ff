/// vIMS: an orchestrator is deployed, a vIMS with it, and its signalling is tested.
enum VIMSBoard {
  static let board = Board(
    description: "vIMS results for Dashboard",
    parts: [
      .graph(
        "vIMS orchestrator/VNF/test duration",
        axes: [
          ("y1", "orchestation deployment duration"), ("y2", "vIMS deployment duration"), ("y3", "vIMS test duration"),
        ], values: durations),
      .graph(
        "vIMS nb tests passed/failed/skipped",
        axes: [
          ("y1", "Number of tests passed"), ("y2", "Number of tests failed"), ("y3", "Number of tests skipped"),
        ]
      ) { details in counts(details)?.map(String.init) },
      .bar("Total number of tests run/failure tests", sums: ["Run", "Failed"]) { details in
        counts(details).map { [$0[0] + $0[1], $0[1]] }
      },
    ])

  /// Whether the vIMS was deployed; nil if nothing is said of it.
  static func isDeployed(_ details: DetailsNode) -> Bool? { details["vIMS"]["duration"].number.map { $0 > 0 } }

  /// Tests that passed, failed and were skipped.
  private static func counts(_ details: DetailsNode) -> [Int]? {
    guard let tests = details["sig_test"]["result"].elements else { return nil }
    let results = tests.map { $0["result"].text }
    return ["Passed", "Failed", "Skipped"].map { wanted in results.count { $0 == wanted } }
  }

  @Sendable private static func durations(_ details: DetailsNode) -> [String]? {
    let durations = ["orchestrator", "vIMS", "sig_test"].compactMap { details[$0]["duration"].plain }
    return durations.count == 3 ? durations : nil
  }
}
