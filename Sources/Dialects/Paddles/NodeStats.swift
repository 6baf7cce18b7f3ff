extension Paddles {
  /// Appends a list.
  public static func appendList<Element>(
    _ elements: [Element], to writer: inout JSONWriter, _ append: (Element, inout JSONWriter) -> Void
  ) {
    writer.append(json: "[")
    for (index, element) in elements.enumerated() {
      if index > 0 { writer.appendComma() }
      append(element, &writer)
    }
    writer.append(json: "]")
  }

  /// A list of texts.
  public static func list(_ texts: [String]) -> [UInt8] {
    var writer = JSONWriter()
    appendList(texts, to: &writer) { $1.append(string: $0) }
    return writer.bytes
  }

  /// The answer of `/nodes/{name}/job_stats/`: every status, also those that no job has.
  public static func stats(_ counts: [String: Int]) -> [UInt8] {
    var writer = JSONWriter()
    append(JobStatus.allCases.map { ($0.rawValue, counts[$0.rawValue] ?? 0) }, &writer)
    return writer.bytes
  }

  /// The answer of `/nodes/job_stats/`: by node only those statuses that there are.
  public static func stats(_ nodes: [(name: String, counts: [String: Int])]) -> [UInt8] {
    var writer = JSONWriter()
    writer.append(json: "{")
    for (index, node) in nodes.enumerated() {
      writer.append(anyKey: node.name, first: index == 0)
      append(node.counts.sorted { $0.key < $1.key }, &writer)
    }
    writer.append(json: "}")
    return writer.bytes
  }

  private static func append(_ counts: [(key: String, value: Int)], _ writer: inout JSONWriter) {
    writer.append(json: "{")
    for (index, count) in counts.enumerated() {
      writer.append(anyKey: count.key, first: index == 0)
      writer.append(json: String(count.value))
    }
    writer.append(json: "}")
  }
}
