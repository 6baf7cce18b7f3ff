/// Bottlenecks: the newest result by itself, not a course over time.
enum BottlenecksBoards {
  static func board(_ testCase: String) -> Board? {
    switch testCase {
    case "rubbos": rubbos
    case "tu1": bandwidth("Tu-1 performance result", line: "VM2VM max single directional throughput")
    case "tu3": bandwidth("Tu-3 performance result", line: "VM2VM max bidirectional throughput")
    default: nil
    }
  }

  private static let rubbos = Board(
    description: "Rubbos results",
    parts: [
      .newest(
        "Rubbos throughput vs client number", type: "graph", labels: [("x", "client number"), ("y", "throughput")]
      ) { details in
        guard let records = details.elements else { return nil }
        let points = records.compactMap { record -> String? in
          guard let clients = record["client"].integer, let throughput = record["throughput"].integer else {
            return nil
          }
          return "{\"x\": \(clients), \"y\": \(throughput)}"
        }
        return points.isEmpty ? nil : "[" + points.joined(separator: ", ") + "]"
      }
    ])

  private static func bandwidth(_ description: String, line: String) -> Board {
    Board(
      description: description,
      parts: [
        .newest(line, type: "graph", labels: [("x", "pktsize"), ("y", "bandwith(kpps)")]) { details in
          json(details, "[", "]") { "{\"x\": \($0), \"y\": \($1)}" }
        },
        .newest("VM2VM max single directional throughput", type: "bar") { details in
          json(details, "{", "}") { "\"\($0)\": \($1)" }
        },
      ])
  }

  /// The bandwidths by size of packet, in thousands, from the smallest size.
  private static func json(
    _ details: DetailsNode, _ open: String, _ close: String, _ write: (_ size: Int, _ bandwidth: Double) -> String
  ) -> String? {
    let sizes = (details.members ?? [:]).keys.compactMap { Int($0) }.sorted()
    let entries = sizes.compactMap { size -> String? in
      guard let bandwidth = details["\(size)"]["Bandwidth"].number, (bandwidth * 1000).isFinite else { return nil }
      return write(size, bandwidth * 1000)
    }
    return entries.isEmpty ? nil : open + entries.joined(separator: ", ") + close
  }
}
