import Dialects
import Store

extension PaddlesDialect {
  /// `PUT /nodes/{name}/lock/`: locks, unlocks, or, without `locked`, shows the state.
  func lockNode(_ name: String, _ call: Call) async throws -> Reply {
    guard try await store.node(name) != nil else { throw Paddles.Refusal.noSuchNode }
    guard call.verb == "PUT" || call.verb == "POST" else {
      throw Paddles.Refusal.invalid("this URI only supports PUT and POST requests but \(call.verb) was attempted")
    }
    let change = try await change([name], Paddles.NodeUpdate(Paddles.Fields(call.body)))
    var writer = JSONWriter()
    for node in try nodes(from: change).nodes { node.writeLock(to: &writer) }
    return .json(writer.bytes)
  }

  /// `POST /nodes/lock_many/`: so many free nodes, or none. Nobody waits, so that a request for more than there are
  /// holds back nobody else's.
  func lockMany(_ call: Call) async throws -> Reply {
    guard call.verb == "POST" else { throw Paddles.Refusal.onlyPOST }
    let request = try Paddles.LockRequest(Paddles.Fields(call.body))
    let filter = NodeFilter(
      machineTypes: request.machineTypes, attributes: LabNode.attributes(request.attributes))
    let now = clock()
    let change = try await store.changeFreeNodes(request.count, filter) { node throws(Paddles.Refusal) in
      try node.apply { node throws(Paddles.Refusal) in
        try node.lock(by: request.owner, description: request.description, now: now)
      }
    }
    let (nodes, hosts) = try nodes(from: change)
    var writer = JSONWriter()
    Paddles.appendList(nodes, to: &writer) { $0.write(to: &$1) { hosts[$0].map(Paddles.Node.init) } }
    return .json(writer.bytes)
  }

  /// `POST /nodes/unlock_many/`: all of the nodes named, or none.
  func unlockMany(_ call: Call) async throws -> Reply {
    guard call.verb == "POST" else { throw Paddles.Refusal.onlyPOST }
    let request = try Paddles.UnlockRequest(Paddles.Fields(call.body))
    let change = try await change(request.names, Paddles.NodeUpdate(locked: false, owner: request.owner))
    var writer = JSONWriter()
    Paddles.appendList(try nodes(from: change, absent: Paddles.UnlockRequest.unknown).nodes, to: &writer) {
      $0.writeLock(to: &$1)
    }
    return .json(writer.bytes)
  }
}

extension Paddles.Refusal {
  fileprivate static let onlyPOST = invalid("this URI only supports POST requests")
}
