/// Yardstick: benchmarks. Only of Ping more was ever shown than its name.
enum YardstickBoards {
  private static let named = ["Iperf", "Netperf", "Pktgen", "Fio", "Lmbench", "Perf", "Cyclictest"]

  static func board(_ testCase: String) -> Board? {
    if testCase == "Ping" { return ping }
    return named.contains(testCase) ? Board(description: "\(testCase) results for Dashboard") : nil
  }

  private static let ping = Board(
    description: "Ping results for Dashboard",
    parts: [
      .duration("ping duration") { details in
        let times = benchmarks(details).compactMap { $0["data"]["rtt"].number }
        let mean = times.reduce(0) { $0 + $1 / Double(times.count) }
        return times.isEmpty || !mean.isFinite ? nil : "\(mean)"
      },
      .bar("ping status", sums: ["Nb tests", "Nb Success"]) { details in
        guard details.elements != nil else { return nil }
        return [1, benchmarks(details).contains { hasErrors($0) } ? 0 : 1]
      },
    ])

  private static func benchmarks(_ details: DetailsNode) -> [DetailsNode] {
    (details.elements ?? []).map { $0["benchmark"] }.filter { $0.members != nil }
  }

  private static func hasErrors(_ benchmark: DetailsNode) -> Bool {
    let errors = benchmark["errors"]
    return !errors.isNull && errors.text != ""
  }
}
