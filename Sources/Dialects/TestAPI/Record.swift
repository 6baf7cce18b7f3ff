extension TestAPI {
  /// Something that is listed and shown as a JSON object.
  public protocol Record: Sendable {
    /// The key of a list of these.
    static var listKey: StaticString { get }
    /// Appends the record as JSON.
    func write(to writer: inout JSONWriter)
  }

  /// The answer that shows one record.
  public static func show(_ record: some Record) -> [UInt8] {
    var writer = JSONWriter()
    record.write(to: &writer)
    return writer.bytes
  }

  /// The answer that lists records without pages: `{"pods": [...]}`.
  public static func list<Listed: Record>(_ records: [Listed]) -> [UInt8] {
    var writer = JSONWriter()
    openList(of: Listed.self, &writer)
    append(records, first: true, to: &writer)
    closeList(page: nil, &writer)
    return writer.bytes
  }

  /// Begins a list.
  public static func openList<Listed: Record>(of type: Listed.Type, _ writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: Listed.listKey, first: true)
    writer.append(json: "[")
  }

  /// Goes on with a list; `first` says that nothing is in it yet.
  public static func append(_ records: [some Record], first: Bool, to writer: inout JSONWriter) {
    for (index, record) in records.enumerated() {
      if index > 0 || !first { writer.append(json: ", ") }
      record.write(to: &writer)
    }
  }

  /// Ends a list, with the page it is of how many, or without.
  public static func closeList(page: (current: Int, total: Int)?, _ writer: inout JSONWriter) {
    writer.append(json: "]")
    if let page {
      writer.append(key: "pagination")
      writer.append(json: "{\"current_page\": \(page.current), \"total_pages\": \(page.total)}")
    }
    writer.append(json: "}")
  }

  /// The answer to a POST that made something: where it is.
  public static func created(at href: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.append(json: "{")
    writer.append(key: "href", first: true)
    writer.append(string: href)
    writer.append(json: "}")
    return writer.bytes
  }

  /// The answer to `GET /versions`.
  public static let versions = Array(#"{"versions": [{"version": "v1.0", "description": "basics"}]}"#.utf8)
}
