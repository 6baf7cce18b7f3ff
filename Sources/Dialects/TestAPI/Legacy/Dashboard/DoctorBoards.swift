/// Doctor: how fast a fault is noticed.
enum DoctorBoards {
  static func board(_ testCase: String) -> Board? {
    switch testCase {
    // The first name ends in a blank, as it always did.
    case "doctor-notification":
      Board(
        description: "doctor results for Dashboard",
        parts: [
          .duration("doctor-notification duration ", xLabel: "time (s)") { $0["duration"].plain },
          .bar("doctor-notification status", sums: ["Nb tests", "Nb Success"], counts: VPingBoard.status),
        ])
    case "doctor-mark-down": Board(description: "doctor-mark-down results for Dashboard")
    default: nil
    }
  }
}
