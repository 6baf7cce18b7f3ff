import Dialects
import Store

extension TestAPIDialect {
  func addPod(_ call: Call) async throws -> Reply {
    let declared = try TestAPI.Pod.Declaration(TestAPI.Body(type: call.type, bytes: call.body))
    try call.mayWrite(project: nil)
    switch try await store.addPod(Pod.Facts(declared), creator: "") {
    case .added: return created(call, declared.name)
    case .exists, .parentAbsent: throw TestAPI.Subject.pod(declared.name).exists
    }
  }

  func listPods(_ call: Call) async throws -> Reply {
    let matches = try nameFilter(call)
    return .json(TestAPI.list(try await store.pods().filter { matches($0.facts.name) }.map(shown)))
  }

  func showPod(_ name: String) async throws -> Reply {
    guard let pod = try await store.pod(named: name) else { throw TestAPI.Subject.pod(name).absent }
    return .json(TestAPI.show(shown(pod)))
  }

  func removePod(_ name: String, _ call: Call) async throws -> Reply {
    try call.mayWrite(project: nil)
    return try removed(try await store.removePod(named: name), .pod(name))
  }

  private func shown(_ pod: Pod) -> TestAPI.Pod {
    TestAPI.Pod(
      id: pod.id.rawValue, creationDate: date(pod.created), creator: pod.creator,
      declared: TestAPI.Pod.Declaration(
        name: pod.facts.name, mode: SentValue(pod.facts.mode), role: SentValue(pod.facts.role),
        details: SentValue(pod.facts.details)))
  }
}

extension Pod.Facts {
  init(_ declared: TestAPI.Pod.Declaration) {
    self.init(
      name: declared.name, mode: StoredValue(declared.mode), role: StoredValue(declared.role),
      details: StoredValue(declared.details))
  }
}
