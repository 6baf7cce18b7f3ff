import Foundation
import Testing

/// The big run: everything that can become of a case, on three nodes, published to a collection API. It is done once;
/// every test looks at what it left.
actor BigRun {
  /// What it left.
  struct Result: Sendable {
    let site: Site
    let ended: Ended
    let output: RunOutput
    let api: String
    let leftRunning: [ProcessEntry]
  }

  static let buildTag = "jenkins-functest-apex-daily-master-190"
  private static let only = BigRun()
  private var task: Task<Result, any Error>?

  /// What it left; the first to ask starts it.
  static func result() async throws -> Result { try await only.result() }

  private func result() async throws -> Result {
    if let task { return try await task.value }
    let site = try SharedSite.current
    // Outlives the test that asks first: the others wait for the same run.
    let task = Task { try await BigRun.done(at: site) }
    self.task = task
    return try await task.value
  }

  private static func done(at site: Site) async throws -> Result {
    let catalog = try BigCatalog.write(to: site)
    let api = try await site.serve() + "/api/v1"
    let state = site.folder + "/big"
    let ended = try await site.sortie(
      "run", "--catalog", catalog, "--lab", site.lab, "--state", state, "--sut", site.folder + "/sut.yaml",
      "--publish", api, "--build-tag", buildTag)
    let leavers = ProcessEntry.naming(site.folder + "/leavers/")
    return Result(
      site: site, ended: ended, output: try RunOutput(onlyIn: state), api: api, leftRunning: leavers)
  }
}
