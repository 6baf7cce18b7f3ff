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
  private let folder: SlotFolder
  private let redactor: Redactor
  private let began = Clock.wall()
  private let start = Clock.monotonic()
  private var streams: UInt16 = 0

  init(order: AttemptOrder, context: SlotContext, folder: SlotFolder, control: SlotControl) {
    self.order = order
    self.context = context
    self.control = control
    self.folder = folder
    redactor = Redactor(context.secrets)
  }

  /// Runs it to its end and reports; everything that goes wrong here is an error of the infrastructure.
  func run() {
    control.send(.started(order.attempt, began: began))
    var outcome: Outcome
    do throws(Fault) {
      outcome = try execute()
    } catch {
      if isDiskFull(error) { control.refused(error) }
      outcome = make(Judgement(.error, reason: error.description))
    }
    folder.clean()
    outcome.reason = outcome.reason.map(redactor.redact)
    outcome.details = outcome.details.map(redact)
    outcome.leaked = outcome.leaked.map(redactor.redact)
    if case .notSpawned(let number, let program)? = outcome.ending {
      outcome.ending = .notSpawned(errno: number, program: redactor.redact(program))
    }
    control.finish(order.attempt, outcome)
  }

  private func execute() throws(Fault) -> Outcome {
    try folder.prepare()
    try Unpack.files(order.files, from: control.directory.blobs, into: folder.work)
    let environment = CaseEnvironment.make(
      order: order, context: context, work: folder.work, temporary: folder.temporary, base: control.environment)
    let driver = DriverContext(
      workDirectory: folder.work, resultsDirectory: folder.results, python: context.python ?? "python3",
      shell: access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh", criteria: order.criteria,
      environment: environment, project: order.project, tier: order.tier, caseName: order.name)
    let command = try Drivers.command(for: order.run, in: driver)
    for file in command.files { try write(file) }

    let tap = try Tap(
      path: stream(0), limit: order.outputLimit, redactor: redactor)
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
      readFile(folder.results + "/" + path, limit: Drivers.resultsLimit)
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

  private func stream(_ index: UInt16) -> String {
    control.directory.stream(index, of: order.attempt, in: context.run)
  }

  private func make(_ judgement: Judgement) -> Outcome {
    Outcome(
      verdict: judgement.verdict, result: judgement.result, reason: judgement.reason, started: began,
      stopped: Clock.wall(), duration: Clock.monotonic() - start, details: judgement.details)
  }

  private func write(_ file: GeneratedFile) throws(Fault) {
    guard isConfinedPath(file.path) else { throw Fault(.definition, "a driver's file \(file.path) leaves its folder") }
    let path = folder.results + "/" + file.path
    if let slash = file.path.lastIndex(of: "/") { try makeFolders(folder.results + "/" + file.path[..<slash]) }
    let target = sortie_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file.mode)
    guard target >= 0 else { throw systemFault("open", path) }
    defer { close(target) }
    try writeAll(file.bytes, to: target, path)
  }

  /// What matches the case's globs, and whatever the driver wrote.
  private func collect() throws(Fault) {
    var left = order.artifactLimit
    let own = Artifacts.find(order.artifacts, in: folder.work).map { (self.folder.work, $0, $0.path) }
    let drivers = Artifacts.find(["**"], in: folder.results).map { (self.folder.results, $0, "results/" + $0.path) }
    let all = own + drivers
    if all.count > Artifacts.countLimit {
      let text = "\(order.attempt) left \(all.count) files; \(all.count - Artifacts.countLimit) of them stay behind"
      control.send(.notice(.init(.warning, text)))
    }
    for (folder, found, name) in all.prefix(Artifacts.countLimit) {
      streams += 1
      let size = try Artifacts.keep(
        folder + "/" + found.path, as: stream(streams), limit: min(left, found.size),
        redactor: redactor)
      left -= size
      control.kept(
        order.attempt, stream: streams, path: redactor.redact(name), size: size, isCut: size < found.size)
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
