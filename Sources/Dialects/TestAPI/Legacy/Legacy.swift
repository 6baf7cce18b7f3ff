extension TestAPI {
  /// The generations before `/api/v1`: G0 (Arno, 2015) with pods by number, and G1 (Brahmaputra, to April 2016) with pods
  /// by name, on the same paths. Shapes hold the keys of both; who sends a request in G0's words is answered in them.
  public enum Legacy {
    /// The answer to `GET /version`.
    public static let version = Array("Collection of test result API, v1".utf8)

    /// The answer to a DELETE.
    public static let removed = Array(#"{"message": "success"}"#.utf8)

    /// The answer to a PUT: how the record is now.
    public static func changed(_ record: some Record) -> [UInt8] {
      var writer = JSONWriter()
      writer.append(json: #"{"message": "success", "content": "#)
      record.write(to: &writer)
      writer.append(json: "}")
      return writer.bytes
    }

    /// The answer that lists records, as all but results are: with how many, and whether there are any.
    public static func list<Listed: Record>(_ records: [Listed]) -> [UInt8] {
      var writer = JSONWriter()
      openList(of: Listed.self, &writer)
      append(records, first: true, to: &writer)
      writer.append(json: #"], "meta": {"total": \#(records.count), "success": \#(!records.isEmpty)}}"#)
      return writer.bytes
    }
  }
}

extension TestAPI.Legacy {
  /// Reads the body of a request in these generations' words: an absent one is answered without any.
  public static func body(type: String?, bytes: [UInt8]) throws(TestAPI.Refusal) -> TestAPI.Body {
    do {
      return try TestAPI.Body(type: type, bytes: bytes)
    } catch {
      throw error == .noBody ? .badRequest : badJSON(error)
    }
  }

  /// The name in a body. Absent, null and empty are refused without words.
  public static func name(_ field: String, in body: TestAPI.Body) throws(TestAPI.Refusal) -> String {
    do {
      return try body.name(field)
    } catch {
      throw error == .missing(field) ? .badRequest : badJSON(error)
    }
  }

  /// The new name in a PUT; nil if it names none.
  static func newName(in body: TestAPI.Body) throws(TestAPI.Refusal) -> String? {
    switch body["name"] {
    case .null, .string(""): nil
    case .string, .other: try name("name", in: body)
    }
  }

  private static func badJSON(_ refusal: TestAPI.Refusal) -> TestAPI.Refusal {
    guard refusal.message.hasPrefix("Bad Format ") else { return refusal }
    return TestAPI.Refusal(refusal.status, "Bad Json format " + refusal.message.dropFirst("Bad Format ".count))
  }
}
