/// How functest stands. The original answered the same invented percentages for ever; these are counted. What no result
/// says anything about is null.
struct FunctestStatus: Sendable {
  /// Tests that went well, of how many.
  private struct Share: Sendable {
    var good = 0.0
    var all = 0.0

    /// Counts tests and failures.
    mutating func add(_ counts: [Int]?) {
      guard let counts, counts[0] > 0 else { return }
      all += Double(counts[0])
      good += Double(counts[0]) - Double(min(max(counts[1], 0), counts[0]))
    }

    /// Counts one that went well or not.
    mutating func add(_ isGood: Bool?) { add(isGood.map { [1, $0 ? 0 : 1] }) }

    /// `82%`, rounded down, or null.
    var json: String { all > 0 ? "\"\(Int((100 * good / all).rounded(.down)))%\"" : "null" }
  }

  private var cases: Set<String> = []
  private var ping = Share()
  private var tempest = Share()
  private var odl = Share()
  private var onos = Share()
  private var deployments = Share()

  mutating func add(_ testCase: String, _ details: DetailsNode) {
    guard FunctestBoards.board(testCase, .second) != nil else { return }
    cases.insert(testCase)
    switch testCase {
    case "vPing", "vPing_userdata": ping.add(VPingBoard.status(details).map { $0[1] == 1 })
    case "Tempest": tempest.add(TempestBoard.counts(details))
    case "ODL", "odl": odl.add(ODLBoard.counts(details))
    case "ONOS": for suite in ONOSBoard.suites { onos.add(ONOSBoard.counts(details, of: suite)) }
    case "vIMS": deployments.add(VIMSBoard.isDeployed(details))
    default: break
    }
  }

  /// Appends the list that is the answer: how many suites ran, vPings that succeeded, tests of Tempest and of the SDN
  /// controllers that passed, vIMS that were deployed. Nothing ever reported on OpenContrail.
  func write(to writer: inout JSONWriter) {
    writer.append(
      json: #"[{"description": "Functest status"}, {"nb test suite(s) run": \#(cases.count)}, "#
        + #"{"vPing": \#(ping.json)}, {"VIM status": \#(tempest.json)}, "#
        + #"{"SDN Controllers": {"odl": \#(odl.json), "onos": \#(onos.json), "ocl": null}}, "#
        + #"{"VNF deployment": \#(deployments.json)}]"#)
  }
}
