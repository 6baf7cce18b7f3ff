/// VSPERF: frames that a virtual switch carries, by their size.
enum VSPERFBoards {
  private static let cases: Set<String> = Set(
    ["tput", "b2b", "tput_mod_vlan", "cont", "scalability", "cpu_load", "mem_load"].flatMap { kind in
      ["ovsdpdk", "ovs"].map { "\(kind)_\($0)" }
    }
      + ["cont", "tput", "b2b"].flatMap { kind in
        ["pvp", "pvvp"].flatMap { path in
          ["ovsdpdkuser", "ovsdpdkcuse", "ovsvirtio"].map { "\(path)_\(kind)_\($0)" }
        }
      })

  private static let sizes = ["64", "128", "512", "1024", "1518"]

  static func board(_ testCase: String) -> Board? {
    guard cases.contains(testCase) else { return nil }
    let axes = sizes.enumerated().map { (name: "y\($0 + 1)", label: "frame size \($1)B") }
    let frames = Board.Part.graph(
      testCase.contains("b2b") ? "B2B frames" : "Rx frames per second", axes: axes
    ) { details in
      let values = sizes.compactMap { details[$0].plain }
      return values.count == sizes.count ? values : nil
    }
    return Board(description: "\(testCase) results for Dashboard", parts: [frames])
  }
}
