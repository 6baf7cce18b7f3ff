import Coordination
import Definitions
import Model
import Scheduling

/// Everything that is known before anything runs.
struct Preparation {
  /// The lab.
  var lab: Lab
  /// The system under test.
  var sut: SUT
  /// What will happen.
  var plan: Plan
  /// What every case finds in its environment.
  var environment: [String: String]
  /// The CI job's tag.
  var buildTag: String?

  /// Reads what people wrote and plans the run. Throws `Diagnostics` and faults.
  init(_ options: SelectionOptions, lab: LabOptions, state: StateOptions) throws {
    self.lab = try lab.read()
    sut = SUT()
    if let file = options.sut {
      let (read, diagnostics) = try SUTReader.read(path: file, environment: processEnvironment)
      Terminal.say(diagnostics.text, newline: false)
      sut = read
    }
    sut.installer = options.installer ?? sut.installer ?? variable("INSTALLER_TYPE")
    sut.scenario = options.scenario ?? sut.scenario ?? variable("DEPLOY_SCENARIO")
    sut.name = variable("NODE_NAME") ?? sut.name
    buildTag = options.buildTag ?? variable("BUILD_TAG")
    let loop = options.loop ?? variable("CI_LOOP")

    var own = sut.environment
    own["INSTALLER_TYPE"] = sut.installer
    own["DEPLOY_SCENARIO"] = sut.scenario
    own["NODE_NAME"] = sut.name
    own["BUILD_TAG"] = buildTag
    own["CI_LOOP"] = loop
    environment = own

    let catalog = try options.catalog.read()
    let selection = Selection(
      names: options.names + options.tests, exclude: options.exclude, loop: loop,
      variables: processEnvironment.merging(own) { $1 })
    let nodes = self.lab.nodes.filter { !$0.isDrained }
    // Reasons quote the variables they are about.
    let redactor = Redactor(sut.secretValues)
    let selected = try selection.apply(to: catalog).map { item in
      guard case .skip(let reason) = item.disposition else { return item }
      return SelectedCase(definition: item.definition, disposition: .skip(reason: redactor.redact(reason)))
    }
    plan = Planner.plan(
      selected: selected, catalog: catalog, nodes: nodes.map(\.name),
      history: History.durations(in: state.folder), slice: options.slice, strictTiers: options.strictTiers)
  }
}

extension Preparation {
  /// Whether any case would run.
  var hasWork: Bool { plan.cases.contains { $0.disposition == .run } }

  /// Whether nothing was selected at all, as opposed to nothing in this slice.
  var isEmptySelection: Bool {
    plan.cases.isEmpty && !plan.leftOut.contains { $0.disposition.reason?.contains("slice") ?? false }
  }

  /// Why nothing would run, for people.
  var reasonForNothing: String {
    if plan.cases.isEmpty, let slice = plan.slice, !isEmptySelection {
      return "slice \(slice) of the selection is empty"
    }
    let reasons = plan.cases.compactMap { one in one.disposition.reason.map { "\(one.id): \($0)" } }
    return reasons.isEmpty ? "nothing is selected; `sortie plan` says why" : reasons.prefix(5).joined(separator: "; ")
  }

  /// The files that the planned cases need, hashed. Throws `.notFound` and `.limit`, naming the case.
  func contents() throws(Fault) -> Contents { try Preparation.contents(of: plan) }

  /// As ``contents()``, of any plan, without the cases that are over.
  static func contents(of plan: Plan, without finished: Set<CaseID> = []) throws(Fault) -> Contents {
    var contents = Contents()
    for one in plan.cases where one.disposition == .run && !finished.contains(one.id) {
      do throws(Fault) {
        _ = try contents.add(one.definition.files, in: one.definition.folder)
      } catch {
        throw Fault(error.code, "\(one.id): \(error.message)", at: one.definition.location, hint: error.hint)
      }
    }
    for hook in plan.tiers.flatMap({ [$0.setup, $0.teardown] })
      + plan.domains.values.flatMap({ [$0.setup, $0.teardown] })
    {
      if let hook { _ = try contents.add(hook.files, in: hook.folder) }
    }
    return contents
  }
}
