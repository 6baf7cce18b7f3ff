/// Rally: load on OpenStack. Its details are a list whose last element is the summary.
enum RallyBoard {
  static let board = Board(
    description: "Rally results for Dashboard",
    parts: [
      .duration("rally duration") { details in summary(details)["duration"].integer.map(String.init) },
      .graph("rally success rate", axes: [("y", "success rate (%)")]) { details in
        summary(details)["nb success"].number.map { ["\($0)"] }
      },
    ])

  private static func summary(_ details: DetailsNode) -> DetailsNode {
    (details.last ?? DetailsNode(.null))["summary"]
  }
}
