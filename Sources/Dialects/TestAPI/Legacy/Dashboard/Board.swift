/// What a dashboard shows of the results of one case. A result that does not hold what a part needs is not in that part.
struct Board: Sendable {
  /// A data set.
  enum Part: Sendable {
    /// A point for each result, over time: the axes are `y`, or `y1`, `y2` …, with their labels; the values are JSON text.
    case graph(
      _ name: String, xLabel: String = "time", axes: [(name: String, label: String)],
      values: @Sendable (DetailsNode) -> [String]?)
    /// Sums over all results.
    case bar(_ name: String, sums: [String], counts: @Sendable (DetailsNode) -> [Int]?)
    /// What the newest result holds, by itself: the data set is JSON text.
    case newest(
      _ name: String, type: String, labels: [(name: String, label: String)] = [],
      dataSet: @Sendable (DetailsNode) -> String?)

    /// The most used graph: one value under `y`.
    static func duration(
      _ name: String, xLabel: String = "time", _ value: @escaping @Sendable (DetailsNode) -> String?
    ) -> Part {
      .graph(name, xLabel: xLabel, axes: [("y", "duration (s)")]) { details in value(details).map { [$0] } }
    }

    /// How many tests there were, and how many failed.
    static func tests(_ name: String, _ counts: @escaping @Sendable (DetailsNode) -> [Int]?) -> Part {
      .graph(name, axes: [("y1", "Number of tests"), ("y2", "Number of failures")]) { details in
        counts(details)?.map(String.init)
      }
    }
  }

  /// The first entry of the list.
  var description: String
  /// The others.
  var parts: [Part] = []
}

/// A board as it fills: results are added from the newest to the oldest, so that whoever adds may stop at any time.
struct BoardFold: Sendable {
  private let board: Board
  /// For each part its points as JSON text, newest first; one at most where only the newest counts.
  private var points: [[String]]
  /// For each part its sums; empty where there are none.
  private var sums: [[Int]]

  init(_ board: Board) {
    self.board = board
    points = board.parts.map { _ in [] }
    sums = board.parts.map { part in
      if case .bar(_, let names, _) = part { names.map { _ in 0 } } else { [] }
    }
  }

  /// Adds a result that is older than those before.
  mutating func add(date: String, _ details: DetailsNode) {
    for (index, part) in board.parts.enumerated() {
      switch part {
      case .graph(_, _, let axes, let values):
        if let values = values(details) { points[index].append(Self.point(date, axes.map(\.name), values)) }
      case .bar(_, _, let counts):
        if let counts = counts(details) { sums[index] = zip(sums[index], counts).map(Self.sum) }
      case .newest(_, _, _, let dataSet):
        if points[index].isEmpty, let dataSet = dataSet(details) { points[index].append(dataSet) }
      }
    }
  }

  /// Appends the list that is the answer, its points from the oldest to the newest.
  func write(to writer: inout JSONWriter) {
    writer.append(json: #"[{"description": "#)
    writer.append(string: board.description)
    writer.append(json: "}")
    for (index, part) in board.parts.enumerated() {
      writer.append(json: #", {"name": "#)
      switch part {
      case .graph(let name, let xLabel, let axes, _):
        writer.append(string: name)
        Self.info("graph", [("x", xLabel)] + axes, &writer)
        writer.append(json: "[" + points[index].reversed().joined(separator: ", ") + "]")
      case .bar(let name, let names, _):
        writer.append(string: name)
        Self.info("bar", [], &writer)
        let pairs = zip(names, sums[index]).map { "\"\($0)\": \($1)" }
        writer.append(json: "[{" + pairs.joined(separator: ", ") + "}]")
      case .newest(let name, let type, let labels, _):
        writer.append(string: name)
        Self.info(type, labels, &writer)
        writer.append(json: points[index].first ?? "[]")
      }
      writer.append(json: "}")
    }
    writer.append(json: "]")
  }

  private static func point(_ date: String, _ names: [String], _ values: [String]) -> String {
    var writer = JSONWriter()
    writer.append(json: #"{"x": "#)
    writer.append(string: date)
    for (name, value) in zip(names, values) { writer.append(json: ", \"\(name)\": \(value)") }
    writer.append(json: "}")
    return writer.text
  }

  private static func info(_ type: String, _ labels: [(name: String, label: String)], _ writer: inout JSONWriter) {
    writer.append(json: #", "info": {"type": "#)
    writer.append(string: type)
    for (name, label) in labels {
      writer.append(json: ", \"\(name)label\": ")
      writer.append(string: label)
    }
    writer.append(json: #"}, "data_set": "#)
  }

  /// Clients send any number: sums stop at the ends of Int.
  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, isBeyond) = left.addingReportingOverflow(right)
    return isBeyond ? (right < 0 ? .min : .max) : sum
  }
}

/// Percentages, rounded down as Python's whole numbers are.
enum Percentage {
  /// So many hundredths of the whole; nil for no whole, or what is beyond all measure.
  static func of(_ part: Int, in whole: Int) -> Int? {
    guard whole != 0 else { return nil }
    let percent = (100 * Double(part) / Double(whole)).rounded(.down)
    return Int(exactly: percent)
  }
}
