import Dialects
import Store

extension TestAPIDialect {
  func addResult(_ call: Call) async throws -> Reply {
    let body = try TestAPI.Body(type: call.type, bytes: call.body)
    let report = try TestAPI.CaseResult.Report(body) { call.access.allows(project: $0) }
    switch try await store.addResult(CaseResult.Report(report), requestKey: call.requestKey) {
    case .added(let id), .repeated(let id): return created(call, id.rawValue)
    case .podAbsent: throw TestAPI.Subject.pod(report.pod).unknown
    case .projectAbsent: throw TestAPI.Subject.project(report.project).unknown
    case .caseAbsent: throw TestAPI.Subject.testCase(report.testCase, project: report.project).unknown
    }
  }

  func showResult(_ id: String) async throws -> Reply {
    .json(TestAPI.show(TestAPI.CaseResult(try await keptResult(id))))
  }

  /// The PUT of the second and third generation, which changes the trust indicator. The last generation has no PUT.
  func changeResult(_ id: String, _ call: Call) async throws -> Reply {
    guard let trust = try TestAPI.TrustIndicator.change(type: call.type, bytes: call.body) else {
      return Reply(.wrongVerb, allowed: ["GET"])
    }
    let kept = try await keptResult(id)
    guard call.access.allows(project: kept.report.project) else { throw TestAPI.Refusal.notPermitted }
    switch try await store.changeTrust(inResult: kept.id, to: StoredValue(trust.sent), level: trust.level) {
    case .changed(let result): return .json(TestAPI.show(TestAPI.CaseResult(result)))
    case .unchanged: throw TestAPI.Refusal.nothingToUpdate
    case .absent, .exists, .tied: throw TestAPI.Subject.result(id).absent
    }
  }

  func listResults(_ call: Call) async throws -> Reply {
    let query = try TestAPI.ResultQuery(call.query, now: clock(), secondsEast: secondsEast)
    let filter = ResultFilter(query)
    guard query.page > 0 else { return results().reply(try await store.all(filter)) }
    let (total, chunk) = try await store.page(
      filter, page: query.page, size: TestAPI.pageSize, ascending: query.ascending)
    return results(try page(query, of: total)).reply(chunk)
  }

  /// The page that a query asks for, of how many.
  /// - Throws: `400` if there are not that many.
  func page(_ query: TestAPI.ResultQuery, of total: Int) throws(TestAPI.Refusal) -> (current: Int, total: Int) {
    let pages = TestAPI.pages(of: total)
    guard total == 0 || query.page <= pages else { throw .pageTooLarge(last: pages) }
    return (query.page, pages)
  }

  private func results(_ page: (current: Int, total: Int)? = nil) -> ListPieces<CaseResult, TestAPI.CaseResult> {
    ListPieces(store, page: page) { TestAPI.CaseResult($0) }
  }

  private func keptResult(_ id: String) async throws -> CaseResult {
    guard let key = ObjectID(rawValue: id), let result = try await store.result(key) else {
      throw TestAPI.Subject.result(id).absent
    }
    return result
  }
}

extension ResultFilter {
  /// What the parameters ask for, in terms of columns. A field that results do not have matches nothing.
  init(_ query: TestAPI.ResultQuery) {
    var conditions = query.matches.map(Condition.init)
    if let from = query.from { conditions.append(.notBefore(.startDate, from)) }
    if let to = query.to { conditions.append(.before(.startDate, to)) }
    self.init(conditions, newest: query.last)
  }
}

extension ResultFilter.Condition {
  fileprivate init(_ match: TestAPI.ResultQuery.Match) {
    let column = match.field == "id" ? nil : ResultFilter.Column(rawValue: match.field == "_id" ? "id" : match.field)
    let path = match.field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    self =
      switch (match.value, column) {
      case (.text(let text), let column?): .equals(column, text)
      case (.integer(let number), .buildID?): .build(.buildID, number)
      case (.integer(let number), .upstreamBuildID?): .build(.upstreamBuildID, number)
      case (.number(let level), .trustIndicator?): .trust(level)
      case (.text(let text), nil) where path.first == "details": .detail(path: Array(path.dropFirst()), text)
      case (.integer(let number), nil) where path.first == "details":
        .detailNumber(path: Array(path.dropFirst()), number)
      default: .never
      }
  }
}

extension CaseResult.Report {
  fileprivate init(_ report: TestAPI.CaseResult.Report) {
    self.init(
      pod: report.pod, project: report.project, testCase: report.testCase, installer: StoredValue(report.installer),
      version: StoredValue(report.version), scenario: StoredValue(report.scenario),
      criteria: StoredValue(report.criteria), buildTag: StoredValue(report.buildTag),
      startDate: StoredValue(report.startDate), stopDate: StoredValue(report.stopDate), details: report.details,
      trustIndicator: StoredValue(report.trust?.sent ?? .null), trustLevel: report.trust?.level)
  }
}

extension TestAPI.CaseResult {
  init(_ result: CaseResult) {
    let report = result.report
    self.init(
      id: result.id.rawValue,
      report: Report(
        pod: report.pod, project: report.project, testCase: report.testCase, installer: SentValue(report.installer),
        version: SentValue(report.version), scenario: SentValue(report.scenario), criteria: SentValue(report.criteria),
        buildTag: SentValue(report.buildTag), startDate: SentValue(report.startDate),
        stopDate: SentValue(report.stopDate), details: report.details,
        trust: TestAPI.TrustIndicator(kept: SentValue(report.trustIndicator))))
  }
}
