import Dialects
import Model
import Store

extension PaddlesDialect {
  /// Answers what lies under `/nodes/`; `rest` is the path behind it. A verb that a path does not know reads it.
  func nodeReply(_ call: Call, _ rest: [String]) async throws -> Reply {
    switch (rest.first, rest.dropFirst().first, rest.count) {
    case (nil, _, _): call.verb == "POST" ? try await addNode(call) : try await listNodes(call)
    case ("lock_many", _, 1): try await lockMany(call)
    case ("unlock_many", _, 1): try await unlockMany(call)
    case ("machine_types", _, 1): .json(Paddles.list(try await store.machineTypes()))
    case ("job_stats", _, 1): try await nodeStats(call)
    case (let name?, nil, _): try await nodeReply(call, named: name)
    case (let name?, "lock", 2): try await lockNode(name, call)
    case (let name?, "jobs", 2): try await jobs(ofNode: name, call)
    case (let name?, "job_stats", 2): try await stats(ofNode: name)
    default: throw Paddles.Refusal.noSuchPage
    }
  }

  private func nodeReply(_ call: Call, named name: String) async throws -> Reply {
    switch call.verb {
    case "PUT": try await changeNode(name, call)
    case "DELETE": try await removeNode(name)
    default: try await showNode(name)
    }
  }

  private func addNode(_ call: Call) async throws -> Reply {
    let body = try Paddles.Fields(call.body)
    let name = try Paddles.Node.name(body)
    let node = try Paddles.Node(name: name, Paddles.NodeUpdate(body), now: clock())
    _ = try nodes(from: await store.addNode(LabNode(node), refusals: Paddles.Refusal.self), named: name)
    return .done
  }

  private func changeNode(_ name: String, _ call: Call) async throws -> Reply {
    let absent = Paddles.Refusal.notFound("attempted to update a non-existent node")
    guard try await store.node(name) != nil else { throw absent }
    let change = try await change([name], Paddles.NodeUpdate(Paddles.Fields(call.body)))
    _ = try nodes(from: change, named: name, absent: absent)
    return .done
  }

  private func removeNode(_ name: String) async throws -> Reply {
    guard try await store.removeNode(name) else { throw Paddles.Refusal.noSuchNode }
    return .done
  }

  private func showNode(_ name: String) async throws -> Reply {
    guard let (node, hosts) = try await store.node(name) else { throw Paddles.Refusal.noSuchNode }
    var writer = JSONWriter()
    Paddles.Node(node).write(to: &writer) { hosts[$0].map(Paddles.Node.init) }
    return .json(writer.bytes)
  }

  private func nodeStats(_ call: Call) async throws -> Reply {
    let query = try Paddles.NodeStatsQuery(Paddles.Arguments(call.query, body: call.body))
    let since = clock().advanced(bySeconds: -86_400 * Double(query.days))
    let stats = try await store.nodeStats(machineTypes: query.machineTypes, since: since)
    return .json(Paddles.stats(stats.map { ($0.node, $0.counts) }))
  }

  /// The jobs that ran on a node, the newest first.
  private func jobs(ofNode name: String, _ call: Call) async throws -> Reply {
    guard try await store.node(name) != nil else { throw Paddles.Refusal.noSuchPage }
    let query = try Paddles.NodeJobsQuery(call.query)
    var conditions = [JobFilter.Condition.node(name)]
    if let name = query.name { conditions.append(.name(name)) }
    if let status = query.status { conditions.append(.status(status)) }
    let scan = JobScan(JobFilter(conditions), skip: query.page.offset, limit: query.page.count)
    return try await jobList(try await store.next(scan)) { Paddles.Job.Shown($0).write(&$1) }
  }

  private func stats(ofNode name: String) async throws -> Reply {
    guard let stats = try await store.nodeStats(name) else { throw Paddles.Refusal.noSuchPage }
    return .json(Paddles.stats(stats.counts))
  }
}

extension PaddlesDialect {
  /// Changes nodes by the rules of locks, all or none.
  func change(_ names: [String], _ update: Paddles.NodeUpdate) async throws(Fault) -> NodeChange<Paddles.Refusal> {
    let now = clock()
    return try await store.changeNodes(names) { node throws(Paddles.Refusal) in
      try node.apply { node throws(Paddles.Refusal) in try node.update(update, now: now) }
    }
  }

  /// The nodes that are changed, and the ones that they run on.
  /// - Throws: the refusal, if they are not.
  func nodes(
    from change: NodeChange<Paddles.Refusal>, named name: String = "", absent: Paddles.Refusal = .noSuchNode
  ) throws(Paddles.Refusal) -> (nodes: [Paddles.Node], hosts: [String: LabNode]) {
    switch change {
    case .changed(let nodes, let hosts): return (nodes.map(Paddles.Node.init), hosts)
    case .absent: throw absent
    case .exists: throw .invalid("Node with name \(name) already exists")
    case .refused(let refusal): throw refusal
    case .hostUnfit: throw .invalid("'vm_host' must be another node that does not run on this one")
    case .tooFew(let available): throw .unavailable("only \(available) nodes available")
    }
  }
}

extension Paddles.Refusal {
  /// No node has that name.
  static let noSuchNode = notFound("node not found")
}
