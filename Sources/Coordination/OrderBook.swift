import Model
import Scheduling
import Wire

/// Turns leased attempts into orders for a node.
struct OrderBook: Sendable {
  private let settings: RunSettings
  private var contents: Contents
  private var files: [String: [FileEntry]] = [:]

  init(settings: RunSettings, contents: Contents) {
    self.settings = settings
    self.contents = contents
  }

  /// The order for an attempt on a node whose clock is `offset` milliseconds ahead of ours. Throws when a file that the
  /// case needs has gone since the run began.
  mutating func order(
    for plan: AttemptPlan, unit: UnitID, clockOffset offset: Double?, withFiles: Bool = true
  ) throws(Fault) -> AttemptOrder {
    var environment: [String: String] = [:]
    if let offset { environment["SORTIE_CLOCK_OFFSET_MS"] = String(Int(offset.rounded())) }
    switch plan.work {
    case .test(let definition):
      return AttemptOrder(
        attempt: plan.attempt, id: plan.id, name: definition.name, project: definition.project, tier: definition.tier,
        unit: unit, fence: plan.fence, run: definition.run ?? RunSpec(driver: "exec"), criteria: definition.criteria,
        environment: environment, files: withFiles ? try contents.add(definition.files, in: definition.folder) : [],
        artifacts: definition.artifacts, timeout: definition.timeout ?? settings.timeout, grace: settings.grace,
        outputLimit: definition.outputLimit ?? settings.outputLimit)
    case .setup(let hook), .teardown(let hook):
      return AttemptOrder(
        attempt: plan.attempt, id: plan.id, name: plan.id.rawValue, project: "", tier: "", unit: unit,
        fence: plan.fence, run: hook.run, environment: environment,
        files: withFiles ? try contents.add(hook.files, in: hook.folder) : [], timeout: hook.timeout,
        grace: settings.grace,
        outputLimit: settings.outputLimit)
    }
  }

  /// Where the content with this hash lies.
  func source(_ hash: String) -> (path: String, size: Int64)? { contents.source(hash) }
}
