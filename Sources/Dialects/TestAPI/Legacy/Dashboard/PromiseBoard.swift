/// Promise: reservation of resources.
enum PromiseBoard {
  // The first name ends in a blank, as it always did.
  static let board = Board(
    description: "Promise results for Dashboard",
    parts: [
      .duration("Promise duration ", xLabel: "time (s)") { $0["duration"].plain },
      .tests("Promise nb tests/nb failures", TempestBoard.counts),
    ])
}
