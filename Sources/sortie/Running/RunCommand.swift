import Coordination
import Dialects
import Journal
import Model
import Publishing
import Reporting
import Synchronization

/// A run in this process: from its first event, or from where another process left it, to its exit status.
struct RunCommand {
  let folder: RunFolder
  let state: String
  let settings: RunSettings
  let plan: Plan
  let contents: Contents
  let servers: [ServerAddress]
  /// False: not even what earlier runs left in the outbox is delivered.
  let isPublishing: Bool
  /// Where nodes may be drained while the run goes on; nil: no file.
  let labFile: String?

  /// Seconds that a finished run waits for servers before it leaves the rest to the outbox.
  private static let deliverySeconds = 15.0

  /// Runs it from the beginning.
  func begin() async throws -> ExitStatus {
    let parts = try Parts(self)
    let journal = try JournalWriter(creating: folder)
    let files = try RunFiles(folder)
    let coordinator = try Coordinator(
      settings: settings, plan: plan, contents: contents, journal: journal, connector: parts.connector,
      sinks: [files.take, parts.reporter.take], wall: wallClock)
    Terminal.say("run \(folder.run) in \(folder.path)")
    return try await finish(coordinator, parts, files)
  }

  /// Goes on with it. `past` is what the journal holds.
  func resume(
    _ run: ResumedRun, after past: PastEvents, journal: sending JournalWriter, stop: StopRequest?
  ) async throws -> ExitStatus {
    let parts = try Parts(self)
    let files = try RunFiles(folder, after: past)
    await parts.reporter.goOn(after: past.events)
    try await parts.publication.enqueueAgain(past.events)
    let coordinator = try Coordinator(
      resuming: run, contents: contents, journal: journal, connector: parts.connector,
      sinks: [files.take, parts.reporter.take], wall: wallClock)
    Terminal.say("run \(folder.run) goes on in \(folder.path)")
    if let stop { coordinator.cancel(by: "stop", now: stop == .now) }
    return try await finish(coordinator, parts, files)
  }

  private func finish(_ coordinator: Coordinator, _ parts: Parts, _ files: RunFiles) async throws -> ExitStatus {
    parts.relay.set(coordinator)
    let signals = Signals { count in coordinator.cancel(by: "interrupt", now: count > 1) }
    defer { withExtendedLifetime(signals) {} }
    let requests = Requests(folder: folder, labFile: labFile, nodes: settings.nodes)

    async let shown: Void = parts.reporter.run()
    // Results go out as they come.
    async let delivering: Void = isPublishing ? parts.publication.publisher.serve() : ()
    // Whoever shows and delivers is told of the end also when it is a bad one.
    let failure = await withTaskGroup(of: Void.self) { group in
      group.addTask { await requests.watch(coordinator) }
      defer { group.cancelAll() }
      do {
        try await coordinator.run()
        return nil as (any Error)?
      } catch {
        return error
      }
    }
    parts.reporter.finish()
    await shown
    if let failure {
      if isPublishing { _ = await parts.publication.publisher.finish(within: 0) }
      throw failure
    }
    let status = try await conclude(coordinator, parts, files)
    await delivering
    return status
  }

  /// Delivers what can be delivered now, then writes the reports.
  private func conclude(_ coordinator: Coordinator, _ parts: Parts, _ files: RunFiles) async throws -> ExitStatus {
    if parts.relay.hasMissed {
      try await parts.publication.enqueueAgain(try JournalReader.events(of: folder))
    }
    if isPublishing {
      let summary = await parts.publication.publisher.finish(within: RunCommand.deliverySeconds)
      for notice in summary.notices { Terminal.say(notice) }
      for pending in summary.pending {
        let why = pending.reason.map { ": \($0)" } ?? ""
        Terminal.say("\(pending.count) results wait for \(pending.server)\(why)")
      }
    }
    // What was delivered after the run's last event still has to reach the reporter.
    await coordinator.conclude()
    parts.reporter.finish()
    await parts.reporter.run()
    if files.hasFailed { _ = try RunFiles(folder, after: PastEvents(of: folder)) }
    return try await parts.reporter.close(state: state)
  }
}

/// What stands around a run's coordinator.
private struct Parts {
  let relay = Relay()
  let publication: Publication
  let reporter: Reporter
  let connector: AgentConnector

  init(_ command: RunCommand) throws {
    let relay = relay
    let publisher = try Publication.publisher(
      command.state, servers: command.servers, own: command.folder.run,
      record: { delivery in
        for published in delivery.published { await relay.coordinator?.record(published) }
        if let notice = delivery.notice { relay.coordinator?.note(.notice(notice)) }
      })
    let publication = Publication(publisher, to: command.servers, run: command.folder.run)
    reporter = try Reporter(
      command.folder,
      beside: { news in
        do throws(Fault) {
          switch news {
          case .event(let event): try await publication.take(event)
          case .time(let now): try await publication.tick(now)
          }
        } catch {
          relay.missed()
          relay.coordinator?.note(.notice(.init(.error, "not everything can be put into the outbox yet: \(error)")))
        }
      })
    connector = AgentConnector(agent: try AgentBinary.find()) { warning, node in
      relay.coordinator?.note(.notice(.init(.warning, warning, node: node.name)))
    }
    self.publication = publication
  }
}

/// Lets parts that are made before the coordinator speak to it.
final class Relay: Sendable {
  private let held = Mutex<Coordinator?>(nil)
  private let misses = Atomic(0)

  /// A result could not be put into the outbox.
  func missed() { misses.add(1, ordering: .relaxed) }
  /// Whether any could not.
  var hasMissed: Bool { misses.load(ordering: .relaxed) > 0 }

  var coordinator: Coordinator? { held.withLock { $0 } }
  func set(_ coordinator: Coordinator) { held.withLock { $0 = coordinator } }
}
