import Dialects
import Store

extension TestAPIDialect {
  func addResult(_ call: Call) async throws -> Reply {
    let report = try TestAPI.CaseResult.Report(TestAPI.Body(type: call.type, bytes: call.body))
    switch try await store.addResult(CaseResult.Report(report), requestKey: call.requestKey) {
    case .added(let id), .repeated(let id): return created(call, id.rawValue)
    case .podAbsent: throw TestAPI.Subject.pod(report.pod).unknown
    case .projectAbsent: throw TestAPI.Subject.project(report.project).unknown
    case .caseAbsent: throw TestAPI.Subject.testCase(report.testCase, project: report.project).unknown
    }
  }

  func showResult(_ id: String) async throws -> Reply {
    guard let key = ObjectID(rawValue: id), let result = try await store.result(key) else {
      throw TestAPI.Subject.result(id).absent
    }
    return .json(TestAPI.show(TestAPI.CaseResult(result)))
  }

  func listResults(_ call: Call) async throws -> Reply {
    let query = try TestAPI.ResultQuery(call.query, now: clock(), secondsEast: secondsEast)
    let filter = ResultFilter(query)
    guard query.page > 0 else { return list(try await store.all(filter), page: nil) }
    let (total, chunk) = try await store.page(
      filter, page: query.page, size: TestAPI.pageSize, ascending: query.ascending)
    let pages = TestAPI.pages(of: total)
    guard total == 0 || query.page <= pages else { throw TestAPI.Refusal.pageTooLarge(last: pages) }
    return list(chunk, page: (query.page, pages))
  }

  /// A list that begins with a chunk: whole if that is all of it, else chunk by chunk as the client reads.
  private func list(_ first: ResultScan.Chunk, page: (current: Int, total: Int)?) -> Reply {
    var pieces = ResultPieces(store: store, chunk: first, page: page)
    guard first.rest != nil else { return .json(pieces.write(first)) }
    let stream = ResultStream(pieces)
    return .json { try await stream.next() }
  }
}

/// A list of results on its way out.
private struct ResultPieces: Sendable {
  let store: ResultStore
  var chunk: ResultScan.Chunk?
  let page: (current: Int, total: Int)?
  var isOpen = false

  /// The JSON of one chunk, with the list's beginning and end where they belong.
  mutating func write(_ chunk: ResultScan.Chunk) -> [UInt8] {
    var writer = JSONWriter()
    writer.reserve(chunk.results.reduce(256) { $0 + $1.report.details.utf8.count + 512 })
    if !isOpen { TestAPI.openList(of: TestAPI.CaseResult.self, &writer) }
    TestAPI.append(chunk.results.map(TestAPI.CaseResult.init), first: !isOpen, to: &writer)
    if chunk.rest == nil { TestAPI.closeList(page: page, &writer) }
    isOpen = true
    return writer.bytes
  }
}

/// Reads the next chunk when the last one is written.
private actor ResultStream {
  private var pieces: ResultPieces

  init(_ pieces: ResultPieces) { self.pieces = pieces }

  func next() async throws -> [UInt8]? {
    guard let chunk = pieces.chunk else { return nil }
    let bytes = pieces.write(chunk)
    if let rest = chunk.rest {
      pieces.chunk = try await pieces.store.next(rest)
    } else {
      pieces.chunk = nil
    }
    return bytes
  }
}

extension ResultFilter {
  /// What the parameters ask for, in terms of columns. A field that results do not have matches nothing.
  fileprivate init(_ query: TestAPI.ResultQuery) {
    var conditions = query.matches.map { match -> Condition in
      if match.field == "_id" { return .equals(.id, match.value) }
      if match.field != "id", let column = Column(rawValue: match.field) { return .equals(column, match.value) }
      let path = match.field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      return path.first == "details" ? .detail(path: Array(path.dropFirst()), match.value) : .never
    }
    if let from = query.from { conditions.append(.notBefore(.startDate, from)) }
    if let to = query.to { conditions.append(.before(.startDate, to)) }
    self.init(conditions, newest: query.last)
  }
}

extension CaseResult.Report {
  fileprivate init(_ report: TestAPI.CaseResult.Report) {
    self.init(
      pod: report.pod, project: report.project, testCase: report.testCase, installer: StoredValue(report.installer),
      version: StoredValue(report.version), scenario: StoredValue(report.scenario),
      criteria: StoredValue(report.criteria), buildTag: StoredValue(report.buildTag),
      startDate: StoredValue(report.startDate), stopDate: StoredValue(report.stopDate), details: report.details)
  }
}

extension TestAPI.CaseResult {
  fileprivate init(_ result: CaseResult) {
    let report = result.report
    self.init(
      id: result.id.rawValue,
      report: Report(
        pod: report.pod, project: report.project, testCase: report.testCase, installer: SentValue(report.installer),
        version: SentValue(report.version), scenario: SentValue(report.scenario), criteria: SentValue(report.criteria),
        buildTag: SentValue(report.buildTag), startDate: SentValue(report.startDate),
        stopDate: SentValue(report.stopDate), details: report.details))
  }
}
