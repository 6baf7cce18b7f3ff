import CSpawn
import Drivers
import Glibc
import Model
import Wire

/// One execution of one case in this slot: directory, process, output, end, verdict, artifacts.
final class Attempt {
  private let order: AttemptOrder
  private let context: SlotContext
  private let control: SlotControl
  private let directory: String
  private let redactor: Redactor
  private let began = Clock.wall()
  private let start = Clock.monotonic()
  private var streams: UInt16 = 0

  private var work: String { directory + "/work" }
  private var results: String { directory + "/results" }
  private var temporary: String { directory + "/tmp" }

  init(order: AttemptOrder, context: SlotContext, directory: String, control: SlotControl) {
    self.order = order
    self.context = context
    self.control = control
    self.directory = directory
    redactor = Redactor(context.secrets)
  }

  /// Runs it to its end and reports; everything that goes wrong here is an error of the infrastructure.
  func run() {
    control.send(.started(order.attempt, began: began))
    var outcome: Outcome
    do throws(Fault) {
      outcome = try execute()
    } catch {
      outcome = make(Judgement(.error, reason: error.description))
    }
    for path in [work, results, temporary] { removeTree(path) }
    outcome.reason = outcome.reason.map(redactor.redact)
    outcome.details = outcome.details.map(redact)
    control.finish(order.attempt, outcome)
  }

  private func execute() throws(Fault) -> Outcome {
    for folder in [work, temporary] { try makeFolders(folder) }
    try Unpack.files(order.files, from: control.directory.blobs, into: work)
    let environment = CaseEnvironment.make(
      order: order, context: context, work: work, temporary: temporary, base: control.environment)
    let driver = DriverContext(
      workDirectory: work, resultsDirectory: results, python: context.python ?? "python3",
      shell: access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh", criteria: order.criteria,
      environment: environment, project: order.project, tier: order.tier, caseName: order.name)
    let command = try Drivers.command(for: order.run, in: driver)
    if order.run.driver != "exec", order.run.driver != "bashfeature" { try makeFolders(results) }
    for file in command.files { try write(file) }

    let tap = try Tap(
      path: WorkDirectory.stream(0, in: directory), limit: order.outputLimit, redactor: redactor)
    let spec = ProcessSpec(
      argv: command.argv, environment: environment.merging(command.environment) { $1 }, directory: command.directory,
      descriptors: [nil, tap.writeEnd, tap.writeEnd])
    var watch = Watch(order: order, limit: Drivers.timeout(for: order.run), start: start)
    do throws(SpawnFailure) {
      watch.process = try Spawn.start(spec)
    } catch {
      watch.ending = .notSpawned(errno: error.number, program: error.program)
    }
    tap.closeWriteEnd()
    try watch.wait(tap: tap, control: control)

    let ending = watch.ending ?? .cancelled
    let judgement = Drivers.judge(ending, spec: order.run, context: driver) { path in
      readFile(results + "/" + path, limit: Drivers.resultsLimit)
    }
    var outcome = make(judgement)
    outcome.ending = ending
    outcome.leaked = watch.leaked
    outcome.outputDropped = tap.dropped
    if !watch.stubborn.isEmpty {
      outcome.verdict = .error
      outcome.reason = "could not be ended: " + watch.stubborn.joined(separator: ", ")
    }
    try collect()
    return outcome
  }

  private func make(_ judgement: Judgement) -> Outcome {
    Outcome(
      verdict: judgement.verdict, result: judgement.result, reason: judgement.reason, started: began,
      stopped: Clock.wall(), duration: Clock.monotonic() - start, details: judgement.details)
  }

  private func write(_ file: GeneratedFile) throws(Fault) {
    guard isConfinedPath(file.path) else { throw Fault(.definition, "a driver's file \(file.path) leaves its folder") }
    let path = results + "/" + file.path
    if let slash = file.path.lastIndex(of: "/") { try makeFolders(results + "/" + file.path[..<slash]) }
    let target = sortie_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file.mode)
    guard target >= 0 else { throw systemFault("open", path) }
    defer { close(target) }
    try writeAll(file.bytes, to: target, path)
  }

  /// What matches the case's globs, and whatever the driver wrote.
  private func collect() throws(Fault) {
    var left = order.artifactLimit
    let own = Artifacts.find(order.artifacts, in: work).map { (work, $0, $0.path) }
    let drivers = Artifacts.find(["**"], in: results).map { (results, $0, "results/" + $0.path) }
    for (folder, found, name) in (own + drivers).prefix(Artifacts.countLimit) {
      streams += 1
      let size = try Artifacts.keep(
        folder + "/" + found.path, as: WorkDirectory.stream(streams, in: directory), limit: min(left, found.size),
        redactor: redactor)
      left -= size
      control.send(
        .artifact(order.attempt, stream: streams, path: name, size: size, isCut: size < found.size))
      if size > 0 { control.grew(streams, size) }
    }
  }

  private func redact(_ value: JSONValue) -> JSONValue {
    guard !redactor.isIdle else { return value }
    switch value {
    case .string(let text): return .string(redactor.redact(text))
    case .array(let elements): return .array(elements.map(redact))
    case .object(let members):
      return .object(
        Dictionary(members.map { (redactor.redact($0.key), redact($0.value)) }, uniquingKeysWith: { $1 }))
    case .null, .bool, .integer, .number: return value
    }
  }
}
