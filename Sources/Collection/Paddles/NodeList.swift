import Dialects
import Store

extension PaddlesDialect {
  /// `GET /nodes/`: whole if one chunk holds it, else chunk by chunk as the client reads.
  func listNodes(_ call: Call) async throws -> Reply {
    let query = try Paddles.NodeQuery(Paddles.Arguments(call.query))
    let filter = NodeFilter(
      locked: query.locked, up: query.up, machineTypes: query.machineTypes, owner: query.owner,
      attributes: LabNode.attributes(query.attributes))
    let first = try await store.next(NodeScan(filter, limit: query.count))
    let list = NodeList(store, first)
    guard first.rest != nil else { return .json(try await list.next() ?? []) }
    return .json { try await list.next() }
  }
}

/// A list of nodes on its way out: reads the next chunk when the last one is sent.
private actor NodeList {
  private let store: ResultStore
  private var chunk: NodeScan.Chunk?
  private var isOpen = false

  init(_ store: ResultStore, _ first: NodeScan.Chunk) {
    self.store = store
    chunk = first
  }

  /// The JSON of the next chunk, with the list's beginning and end where they belong; nil after the last one.
  func next() async throws -> [UInt8]? {
    guard let chunk else { return nil }
    var writer = JSONWriter()
    if !isOpen { writer.append(json: "[") }
    for (index, node) in chunk.nodes.enumerated() {
      if isOpen || index > 0 { writer.appendComma() }
      Paddles.Node(node).write(to: &writer) { chunk.hosts[$0].map(Paddles.Node.init) }
    }
    if chunk.rest == nil { writer.append(json: "]") }
    isOpen = true
    if let rest = chunk.rest { self.chunk = try await store.next(rest) } else { self.chunk = nil }
    return writer.bytes
  }
}
