import Dialects
import Store

extension TestAPIDialect {
  func addLegacyResult(_ call: Call) async throws -> Reply {
    let report = try TestAPI.Legacy.Report(TestAPI.Legacy.body(type: call.type, bytes: call.body))
    try call.mayWrite(project: report.rest.project)
    let (pod, shownPod) = try await podName(report.pod)
    let id: ObjectID
    switch try await store.addResult(CaseResult.Report(report, pod: pod), requestKey: call.requestKey) {
    case .added(let added), .repeated(let added): id = added
    case .projectAbsent: throw TestAPI.Legacy.Obstacle.projectUnknown(report.rest.project).refusal
    case .caseAbsent: throw TestAPI.Legacy.Obstacle.caseUnknown(report.rest.testCase).refusal
    case .podAbsent: throw try await obstacle(to: report, pod: shownPod).refusal
    }
    guard let result = try await store.result(id) else { throw TestAPI.Subject.result(id.rawValue).absent }
    var shown = TestAPI.Legacy.CaseResult(
      result, podNumber: try await store.podNumbers()[result.report.pod], creationDate: date(result.created))
    if case .number = report.pod { shown.isFirstGeneration = true }
    return .json(TestAPI.show(shown))
  }

  func showLegacyResult(_ id: String) async throws -> Reply {
    let condition = ObjectID(rawValue: id).map { ResultFilter.Condition.equals(.id, $0.rawValue) } ?? .never
    return try await list(ResultFilter([condition]))
  }

  func listLegacyResults(_ parameters: [(name: String, value: String)]) async throws -> Reply {
    try await list(try await filter(TestAPI.Legacy.Query(parameters, now: clock())))
  }

  /// What the parameters ask for, in terms of columns. A pod that is not there matches nothing.
  func filter(_ query: TestAPI.Legacy.Query) async throws -> ResultFilter {
    var conditions = query.fields.sorted { $0.key < $1.key }.map { name, value in
      ResultFilter.Column(rawValue: name).map { ResultFilter.Condition.equals($0, value) } ?? .never
    }
    if let pod = query.pod {
      conditions.append(try await store.numberedPod(pod).map { .equals(.pod, $0.pod.facts.name) } ?? .never)
    }
    if let number = query.podNumber {
      conditions.append(try await store.podName(numbered: number).map { .equals(.pod, $0) } ?? .never)
    }
    if let since = query.since { conditions.append(.arrived(notBefore: since)) }
    return ResultFilter(conditions)
  }

  /// All that the filter finds, the oldest first; how many that are is said at the end.
  private func list(_ filter: ResultFilter) async throws -> Reply {
    let (numbers, date) = (try await store.podNumbers(), date)
    let pieces = ListPieces<CaseResult, TestAPI.Legacy.CaseResult>(store) { result in
      TestAPI.Legacy.CaseResult(result, podNumber: numbers[result.report.pod], creationDate: date(result.created))
    } close: { count, writer in
      TestAPI.Legacy.closeResults(total: count, &writer)
    }
    return pieces.reply(try await store.all(filter))
  }

  /// The pod's name, empty if there is no such number; and how the client named it.
  private func podName(_ pod: TestAPI.Legacy.Report.Pod) async throws -> (name: String, sent: String) {
    switch pod {
    case .name(let name): return (name, name)
    case .number(let number, let sent):
      guard let number else { return ("", sent) }
      return (try await store.podName(numbered: number) ?? "", sent)
    }
  }

  /// What is said where the pod is not there: the first that is missing of project, case and pod.
  private func obstacle(to report: TestAPI.Legacy.Report, pod: String) async throws -> TestAPI.Legacy.Obstacle {
    let (project, testCase) = (report.rest.project, report.rest.testCase)
    guard try await store.project(named: project) != nil else { return .projectUnknown(project) }
    guard try await store.testCase(testCase, of: project) != nil else { return .caseUnknown(testCase) }
    return .podUnknown(pod)
  }
}

extension CaseResult.Report {
  fileprivate init(_ report: TestAPI.Legacy.Report, pod: String) {
    let rest = report.rest
    self.init(
      pod: pod, project: rest.project, testCase: rest.testCase, installer: StoredValue(rest.installer),
      version: StoredValue(rest.version), scenario: StoredValue(rest.scenario), criteria: StoredValue(rest.criteria),
      buildTag: StoredValue(rest.buildTag), startDate: StoredValue(rest.startDate),
      stopDate: StoredValue(rest.stopDate), details: rest.details, description: StoredValue(report.description))
  }
}

extension TestAPI.Legacy.CaseResult {
  fileprivate init(_ result: CaseResult, podNumber: Int?, creationDate: String) {
    self.init(
      id: result.id.rawValue, creationDate: creationDate, podNumber: podNumber,
      report: TestAPI.CaseResult(result).report, description: SentValue(result.report.description))
  }
}
