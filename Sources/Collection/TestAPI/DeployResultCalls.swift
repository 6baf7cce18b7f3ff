import Dialects
import Store

extension TestAPIDialect {
  func addDeployResult(_ call: Call) async throws -> Reply {
    let report = try TestAPI.DeployResult.Report(TestAPI.Body(type: call.type, bytes: call.body))
    try call.mayWrite(project: nil)
    switch try await store.addDeployResult(DeployResult.Report(report), requestKey: call.requestKey) {
    case .added(let id), .repeated(let id): return created(call, id.rawValue)
    case .podAbsent, .projectAbsent, .caseAbsent: throw TestAPI.Subject.pod(report.pod).unknown
    }
  }

  func showDeployResult(_ id: String) async throws -> Reply {
    guard let key = ObjectID(rawValue: id), let result = try await store.deployResult(key) else {
      throw TestAPI.Subject.deployResult(id).absent
    }
    return .json(TestAPI.show(TestAPI.DeployResult(result)))
  }

  func listDeployResults(_ call: Call) async throws -> Reply {
    let query = try TestAPI.ResultQuery(call.query, now: clock(), secondsEast: secondsEast)
    let filter = ResultFilter(query)
    guard query.page > 0 else { return deployResults().reply(try await store.allDeployResults(filter)) }
    let (total, chunk) = try await store.deployPage(
      filter, page: query.page, size: TestAPI.pageSize, ascending: query.ascending)
    return deployResults(try page(query, of: total)).reply(chunk)
  }

  private func deployResults(_ page: (current: Int, total: Int)? = nil)
    -> ListPieces<DeployResult, TestAPI.DeployResult>
  {
    ListPieces(store, page: page) { TestAPI.DeployResult($0) }
  }
}

extension DeployResult.Report {
  fileprivate init(_ report: TestAPI.DeployResult.Report) {
    func build(_ field: TestAPI.DeployResult.Field) -> DeployResult.Build {
      DeployResult.Build(id: StoredValue(report[field]), number: report.buildNumber(field))
    }
    self.init(
      pod: report.pod, installer: StoredValue(report[.installer]), scenario: StoredValue(report[.scenario]),
      version: StoredValue(report[.version]), criteria: StoredValue(report[.criteria]),
      jobName: StoredValue(report[.jobName]), build: build(.buildID),
      upstreamJobName: StoredValue(report[.upstreamJobName]), upstreamBuild: build(.upstreamBuildID),
      startDate: StoredValue(report[.startDate]), stopDate: StoredValue(report[.stopDate]), details: report.details)
  }
}

extension TestAPI.DeployResult {
  fileprivate init(_ result: DeployResult) {
    let report = result.report
    let fields: [Field: StoredValue] = [
      .installer: report.installer, .version: report.version, .jobName: report.jobName, .buildID: report.build.id,
      .scenario: report.scenario, .upstreamJobName: report.upstreamJobName, .upstreamBuildID: report.upstreamBuild.id,
      .criteria: report.criteria, .startDate: report.startDate, .stopDate: report.stopDate,
    ]
    self.init(
      id: result.id.rawValue,
      report: Report(pod: report.pod, fields: fields.mapValues { SentValue($0) }, details: report.details))
  }
}
