import Dialects
import Store

extension TestAPIDialect {
  func addLegacyPod(_ call: Call) async throws -> Reply {
    let body = try TestAPI.Legacy.body(type: call.type, bytes: call.body)
    let declared = try TestAPI.Legacy.Pod.declaration(body)
    try call.mayWrite(project: nil)
    guard case .added = try await store.addPod(Pod.Facts(declared), creator: ""),
      let pod = try await store.numberedPod(declared.name)
    else { throw TestAPI.Legacy.Obstacle.podExists(declared.name).refusal }
    return .json(shown(pod).added(at: "/pods/" + URLText.encode(declared.name)))
  }

  func listLegacyPods() async throws -> Reply {
    .json(TestAPI.Legacy.list(try await store.numberedPods().map(shown)))
  }

  func showLegacyPod(_ name: String) async throws -> Reply {
    .json(TestAPI.Legacy.list([try await store.numberedPod(name)].compactMap { $0.map(shown) }))
  }

  private func shown(_ numbered: NumberedPod) -> TestAPI.Legacy.Pod {
    let pod = numbered.pod
    return TestAPI.Legacy.Pod(
      number: numbered.number, name: pod.facts.name, mode: SentValue(pod.facts.mode),
      details: SentValue(pod.facts.details), creationDate: date(pod.created))
  }
}
