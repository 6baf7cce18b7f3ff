extension Avocado {
  /// Which rows of a list a page shows.
  public struct Page: Hashable, Sendable {
    /// The number, from 1.
    public var number: Int
    /// How many rows there are in all.
    public var total: Int

    /// Reads the parameter `page`; nil or empty: the first one. The one page of an empty list is there, and empty.
    /// - Throws: 404 for what is no page of this list.
    public init(_ text: String?, of total: Int) throws(Refusal) {
      self.total = total
      let last = max(1, (total + pageSize - 1) / pageSize)
      switch text {
      case nil, "": number = 1
      case "last": number = last
      case let text?:
        guard let asked = PythonInt.parse(text), (1...last).contains(asked) else { throw .absent }
        number = asked
      }
    }

    /// Rows before this page.
    public var offset: Int { (number - 1) * pageSize }
    /// The number of the page after this one; nil: none is.
    public var next: Int? { offset + pageSize < total ? number + 1 : nil }
    /// The number of the page before this one; nil: none is.
    public var previous: Int? { number > 1 ? number - 1 : nil }
  }

  /// Begins a page: `{"count":3,"next":null,"previous":null,"results":[`. The count is the whole list's, not the page's.
  public static func openPage(_ page: Page, next: String?, previous: String?, _ writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "count", first: true)
    writer.append(json: "\(page.total)")
    writer.append(key: "next")
    writer.append(next.map { .string($0) } ?? .null)
    writer.append(key: "previous")
    writer.append(previous.map { .string($0) } ?? .null)
    writer.append(key: "results")
    writer.append(json: "[")
  }

  /// Ends a page.
  public static func closePage(_ writer: inout JSONWriter) { writer.append(json: "]}") }

  /// A whole page.
  public static func page(_ page: Page, next: String?, previous: String?, _ records: [some Record]) -> [UInt8] {
    var writer = JSONWriter(compact: true)
    openPage(page, next: next, previous: previous, &writer)
    for (number, record) in records.enumerated() {
      if number > 0 { writer.appendComma() }
      record.write(to: &writer)
    }
    closePage(&writer)
    return writer.bytes
  }
}
