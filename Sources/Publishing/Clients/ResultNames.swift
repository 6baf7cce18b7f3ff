import FoundationEssentials

/// What a client needs to know of a result's body: what the server must know before it takes it, and by which id the
/// server can be asked for it.
struct ResultNames: Decodable {
  let pod: String
  let project: String
  let name: String
  /// `details.sortie_id`; nil where details is no object.
  let id: String?

  private enum Field: String, CodingKey {
    case pod = "pod_name"
    case project = "project_name"
    case name = "case_name"
    case details
  }

  private enum DetailField: String, CodingKey { case id = "sortie_id" }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    pod = try fields.decode(String.self, forKey: .pod)
    project = try fields.decode(String.self, forKey: .project)
    name = try fields.decode(String.self, forKey: .name)
    let details = try? fields.nestedContainer(keyedBy: DetailField.self, forKey: .details)
    id = try? details?.decode(String.self, forKey: .id)
  }

  /// Nil if the body is no result.
  init?(body: [UInt8]) {
    guard let names = try? JSONDecoder().decode(ResultNames.self, from: Data(body)) else { return nil }
    self = names
  }
}
