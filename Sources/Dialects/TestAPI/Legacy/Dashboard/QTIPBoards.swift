/// QTIP: one index for a whole suite of benchmarks.
enum QTIPBoards {
  static func board(_ testCase: String) -> Board? {
    guard ["compute_test_suite", "storage_test_suite", "network_test_suite"].contains(testCase) else { return nil }
    let index = Board.Part.graph(
      testCase == "network_test_suite" ? "Throughput index" : "Index", axes: [("y1", "Index Number")]
    ) { details in details["index"].plain.map { [$0] } }
    return Board(description: "\(testCase) results for Dashboard", parts: [index])
  }
}
