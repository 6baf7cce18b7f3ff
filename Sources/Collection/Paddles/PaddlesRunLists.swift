import Dialects
import Store

extension PaddlesDialect {
  /// `GET /runs/`: what was made last, all of it or some fields.
  func latestRuns(_ call: Call) async throws -> Reply {
    let fields = try Paddles.Run.Field.list(call.parameter("fields"))
    let page = try Paddles.Page(call.query)
    return try await listRuns(
      call, RunScan(RunFilter(order: .posted), skip: page.offset, limit: page.count), fields: fields)
  }

  /// `GET /runs/{field}/{value}/…`: what is scheduled last of the runs that have those values, or the values.
  func filterRuns(_ call: Call, _ path: [String]) async throws -> Reply {
    let query = try Paddles.RunQuery(path, call.query, now: clock())
    let conditions = query.conditions.compactMap { RunFilter.Condition($0) }
    let filter = RunFilter(conditions, order: .scheduled)
    switch query.goal {
    case .nothing: return .json(Paddles.list([]))
    case .everything: return try await listRuns(call, RunScan(filter))
    case .runs(let page): return try await listRuns(call, RunScan(filter, skip: page.offset, limit: page.count))
    case .values(let field): return .json(Paddles.list(try await store.values(RunValue(field), conditions)))
    }
  }

  /// The runs of a scan.
  func listRuns(_ call: Call, _ scan: RunScan, fields: [Paddles.Run.Field]? = nil) async throws -> Reply {
    let (store, root) = (store, call.root)
    let first = try await store.next(scan)
    let list = ChunkedList((first.runs, first.rest)) { found, writer in
      let run = Paddles.Run(found.run)
      if let fields {
        run.write(fields, id: found.key, root: root, &writer)
      } else {
        run.open(root: root, &writer)
        writer.append(json: "}")
      }
    } read: { scan in
      let chunk = try await store.next(scan)
      return (chunk.runs, chunk.rest)
    }
    return try await list.reply()
  }
}

extension RunFilter.Condition {
  /// A condition of the wire. Nil for one that says nothing.
  fileprivate init?(_ condition: Paddles.RunQuery.Condition) {
    switch condition {
    case .field(.branch, let text): self = .equals(.branch, text)
    case .field(.status, let text): self = .equals(.status, text)
    case .field(.suite, let text): self = .equals(.suite, text)
    case .field(.user, let text): self = .equals(.user, text)
    case .field(.machineType, let text): self = .equals(.machineType, text)
    case .field(.flavor, let text): self = .flavor(text)
    case .field(.sha1, let text): self = .commit(prefix: text)
    case .field(.date, _): return nil
    case .notBefore(let time): self = .notBefore(time)
    case .before(let time): self = .before(time)
    }
  }
}

extension RunValue {
  fileprivate init(_ field: Paddles.RunQuery.Field) {
    switch field {
    case .branch: self = .column(.branch)
    case .status: self = .column(.status)
    case .suite: self = .column(.suite)
    case .user: self = .column(.user)
    case .machineType: self = .column(.machineType)
    case .date: self = .day
    case .sha1: self = .commit
    case .flavor: self = .flavor
    }
  }
}
