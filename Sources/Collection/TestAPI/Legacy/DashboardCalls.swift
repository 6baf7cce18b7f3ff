import Dialects
import Store

extension TestAPIDialect {
  /// `GET /dashboard`: over the time of arrival.
  func showDashboard(_ parameters: [(name: String, value: String)]) async throws -> Reply {
    let query = try TestAPI.Legacy.Query(parameters, now: clock())
    let (project, testCase) = (query.fields["project_name"], query.fields["case_name"])
    var dashboard = try dashboard(project, testCase, .first)
    var filter = try await filter(query)
    if dashboard.spansCases { filter = filter.withoutCase }
    try await fill(&dashboard, filter) { date($0.created) }
    var writer = JSONWriter()
    writer.append(json: #"{"dashboard": "#)
    dashboard.write(to: &writer)
    writer.append(json: #", "meta": {}}"#)
    return .json(writer.bytes)
  }

  /// `GET /dashboard/v1/results`: over the start date; of results that say none, over the time of arrival.
  func showSecondDashboard(_ call: Call) async throws -> Reply {
    var dashboard = try dashboard(call.parameter("project"), call.parameter("case"), .second)
    var filter = ResultFilter(try TestAPI.ResultQuery(call.query, now: clock(), secondsEast: secondsEast))
    if dashboard.spansCases { filter = filter.withoutCase }
    try await fill(&dashboard, filter) { result in
      if case .string(let start) = result.report.startDate, !start.isEmpty { start } else { date(result.created) }
    }
    var writer = JSONWriter()
    dashboard.write(to: &writer)
    return .json(writer.bytes)
  }

  private func dashboard(
    _ project: String?, _ testCase: String?, _ generation: TestAPI.Legacy.Dashboard.Generation
  ) throws(TestAPI.Refusal) -> TestAPI.Legacy.Dashboard {
    if let obstacle = TestAPI.Legacy.Dashboard.obstacle(project: project, testCase: testCase, generation) {
      throw obstacle
    }
    guard let project, let testCase,
      let dashboard = TestAPI.Legacy.Dashboard(project: project, testCase: testCase, generation)
    else { throw .noSuchPath }
    return dashboard
  }

  /// Adds what the filter finds, from the newest on, as far as the limits let.
  private func fill(
    _ dashboard: inout TestAPI.Legacy.Dashboard, _ filter: ResultFilter, at date: (CaseResult) -> String
  ) async throws {
    typealias Dashboard = TestAPI.Legacy.Dashboard
    var bytes = 0
    var chunk: ResultScan.Chunk? = try await store.newest(Dashboard.resultLimit, filter)
    while let current = chunk {
      for result in current.results {
        bytes += result.report.details.utf8.count
        guard bytes <= Dashboard.detailsLimit else { return }
        dashboard.add(testCase: result.report.testCase, date: date(result), details: result.report.details)
      }
      chunk = if let rest = current.rest { try await store.next(rest) } else { nil }
    }
  }
}

extension ResultFilter {
  /// The results of all cases.
  fileprivate var withoutCase: ResultFilter {
    var filter = self
    filter.conditions.removeAll { if case .equals(.testCase, _) = $0 { true } else { false } }
    return filter
  }
}
