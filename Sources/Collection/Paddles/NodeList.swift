import Dialects
import Store

extension PaddlesDialect {
  /// `GET /nodes/`: whole if one chunk holds it, else chunk by chunk as the client reads.
  func listNodes(_ call: Call) async throws -> Reply {
    let query = try Paddles.NodeQuery(Paddles.Arguments(call.query))
    let filter = NodeFilter(
      locked: query.locked, up: query.up, machineTypes: query.machineTypes, owner: query.owner,
      attributes: LabNode.attributes(query.attributes))
    let store = store
    let list = ChunkedList(try await Self.next(NodeScan(filter, limit: query.count), store)) { found, writer in
      Paddles.Node(found.node).write(to: &writer) { found.hosts[$0].map(Paddles.Node.init) }
    } read: { scan in
      try await Self.next(scan, store)
    }
    return try await list.reply()
  }

  /// A chunk of nodes, each with those that these run on.
  private static func next(_ scan: NodeScan, _ store: ResultStore) async throws -> (
    [(node: LabNode, hosts: [String: LabNode])], NodeScan?
  ) {
    let chunk = try await store.next(scan)
    return (chunk.nodes.map { ($0, chunk.hosts) }, chunk.rest)
  }
}
