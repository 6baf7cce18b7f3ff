import FoundationEssentials

/// `{"href": "http://…/api/v1/results/5f…"}`.
struct Created: Decodable {
  let href: String

  init?(body: [UInt8]) {
    guard let value = try? JSONDecoder().decode(Created.self, from: Data(body)) else { return nil }
    self = value
  }
}

/// `{"results": [{"_id": "5f…", "details": {"sortie_id": "…"}}]}`, as far as it is of interest.
struct ResultList: Decodable {
  private struct Entry: Decodable {
    let uid: String?
    let id: String?

    private enum Field: String, CodingKey {
      case uid = "_id"
      case details
    }
    private enum DetailField: String, CodingKey { case id = "sortie_id" }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Field.self)
      uid = try? fields.decode(String.self, forKey: .uid)
      let details = try? fields.nestedContainer(keyedBy: DetailField.self, forKey: .details)
      id = try? details?.decode(String.self, forKey: .id)
    }
  }

  private let results: [Entry]

  init?(body: [UInt8]) {
    guard let value = try? JSONDecoder().decode(ResultList.self, from: Data(body)) else { return nil }
    self = value
  }

  /// The link to the result with an attempt's id, if it is among these.
  func link(of id: String, under base: String) -> String? {
    results.first { $0.id == id }.map { resultLink(href: $0.uid ?? "", under: base) }
  }
}

/// The link to a result as Xtesting builds it: what stands behind the last `/api/v1/results` of the server's `href`
/// (whose host may be wrong behind a proxy), else its last segment, under the base that people can reach.
func resultLink(href: String, under base: String) -> String {
  let marker = "/api/v1/results"
  var rest = href[...]
  if let found = href.ranges(of: marker).last {
    rest = href[found.upperBound...].drop { $0 == "/" }
  } else if let slash = href.lastIndex(of: "/") {
    rest = href[href.index(after: slash)...]
  }
  let uid = rest.prefix(200)
  let isPlain = uid.utf8.allSatisfy { $0 > 32 && $0 < 127 }
  return uid.isEmpty || !isPlain ? base + "/results" : base + "/results/" + uid
}
