/// The dashboards of functest.
enum FunctestBoards {
  /// The board of a case; nil if there is none. `status` is made of all of them: ``FunctestStatus``.
  static func board(_ testCase: String, _ generation: TestAPI.Legacy.Dashboard.Generation) -> Board? {
    switch testCase {
    case "vPing", "vPing_userdata": VPingBoard.board(testCase)
    case "Tempest": TempestBoard.board(generation)
    case "Rally": RallyBoard.board
    case "ODL", "odl": ODLBoard.board(testCase)
    case "ONOS": ONOSBoard.board
    case "vIMS": VIMSBoard.board
    default: nil
    }
  }
}
