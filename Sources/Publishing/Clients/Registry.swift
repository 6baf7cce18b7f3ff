import Dialects
import Model

/// The pods, projects and cases that a Test API is known to have, in this session.
struct Registry {
  /// Something that must exist before a result can name it.
  enum Item: Hashable {
    case pod(String)
    case project(String)
    case testcase(project: String, name: String)

    /// Where such things are created, below the API base.
    var collection: String {
      switch self {
      case .pod: "/pods"
      case .project: "/projects"
      case .testcase(let project, _): "/projects/\(percentEncoded(project))/cases"
      }
    }

    /// Its own address, below the API base.
    var path: String { collection + "/" + percentEncoded(name) }

    /// The body that creates it.
    var body: [UInt8] { SortedJSON.bytes(of: .object(["name": .string(name)])) }

    private var name: String {
      switch self {
      case .pod(let name), .project(let name), .testcase(_, let name): name
      }
    }
  }

  private var items: Set<Item> = []
  private static let limit = 100_000

  static func items(for names: ResultNames) -> [Item] {
    [.pod(names.pod), .project(names.project), .testcase(project: names.project, name: names.name)]
  }

  func contains(_ item: Item) -> Bool { items.contains(item) }

  mutating func insert(_ item: Item) {
    if items.count >= Self.limit { items.removeAll() }
    items.insert(item)
  }

  mutating func forget() { items.removeAll() }
}
