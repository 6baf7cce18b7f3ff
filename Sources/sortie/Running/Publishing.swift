import Coordination
import Dialects
import Foundation
import Journal
import Model
import Publishing

/// A run's way to the collection APIs: events into the outbox, as each server is to be told of them, and what lies there
/// out to the servers. Called by one at a time.
actor Publication {
  nonisolated let publisher: Publisher
  private let run: RunID
  private var mappings: [(server: ServerAddress, mapping: any EventMapping)]
  /// Servers for which the disk did not take something: what follows waits until that is in, to keep the order.
  private var lagging: Set<String> = []

  init(_ publisher: Publisher, to servers: [ServerAddress], run: RunID) {
    self.publisher = publisher
    self.run = run
    mappings = servers.map { ($0, Self.mapping(for: $0)) }
  }

  /// Puts into the outbox what an event means to each server. Throws `.limit`, `.system`: what is lacking then is to be
  /// put in by ``enqueueAgain(_:)``.
  func take(_ event: Event) async throws(Fault) {
    try await enqueue { $0.take(event) }
  }

  /// Puts in what is to be said after so much time, whatever happened.
  func tick(_ now: Timestamp) async throws(Fault) {
    try await enqueue { $0.tick(now) }
  }

  private func enqueue(_ submissions: (inout any EventMapping) -> [Submission]) async throws(Fault) {
    var failure: Fault?
    for index in mappings.indices {
      let server = mappings[index].server
      for submission in submissions(&mappings[index].mapping) where !lagging.contains(server.displayName) {
        do throws(Fault) {
          try await publisher.enqueue(submission, to: server, run: run)
        } catch {
          if case .steps = submission.content { lagging.insert(server.displayName) }
          failure = error
        }
      }
    }
    if let failure { throw failure }
  }

  /// Puts what a run's events mean to its servers into the outbox again, as far as its journal does not say that it has
  /// ended, and goes on from there. Some of it may have been delivered: servers are asked first, or know by themselves.
  /// Throws `.system`.
  func enqueueAgain(_ events: [Event]) async throws(Fault) {
    for index in mappings.indices {
      let server = mappings[index].server
      var mapping = Self.mapping(for: server)
      let submissions = events.flatMap { mapping.take($0) }
      let published = events.compactMap { event -> CaseID? in
        guard case .published(let one) = event.activity, one.server == server.displayName else { return nil }
        return one.id
      }
      try await publisher.enqueueAgain(
        Backlog.open(submissions, published: Set(published)), to: server, run: run)
      mappings[index].mapping = mapping
      lagging.remove(server.displayName)
    }
  }

  /// Everything that a server is to be told of a run.
  static func submissions(of events: [Event], to server: ServerAddress) -> [Submission] {
    var mapping = mapping(for: server)
    return events.flatMap { mapping.take($0) }
  }

  private static func mapping(for server: ServerAddress) -> any EventMapping {
    switch server.dialect {
    case .testapi, .file: TestAPIMapping(utcOffset: LocalTime.utcOffset)
    case .paddles: PaddlesMapping()
    case .avocado:
      AvocadoMapping { id, attempt in attempt.ordinal.map { RunFolder.log(of: id, ordinal: $0) } }
    }
  }

  /// The servers that were asked for: `--publish`, else TEST_DB_URL; nobody's without either.
  static func servers(_ urls: [String], isOff: Bool) throws(Fault) -> [ServerAddress] {
    guard !isOff else { return [] }
    let asked = urls.isEmpty ? variable("TEST_DB_URL").map { [$0] } ?? [] : urls
    var servers: [ServerAddress] = []
    for url in asked { servers.append(try ServerAddress(parsing: url, token: variable("SORTIE_TOKEN"))) }
    return servers
  }

  /// The outbox of a state folder.
  static func outbox(_ state: String) throws(Fault) -> OutboxFolder {
    try Folder.make(state)
    return try OutboxFolder(state + "/outbox")
  }

  /// A publisher that writes each delivery into the journal of the run it comes from, whichever that is, and leaves alone
  /// the results of runs that another process coordinates.
  ///
  /// - Parameters:
  ///   - token: For servers of left-overs that want credentials and are not among `servers`.
  ///   - own: The run that this process coordinates; its deliveries go to `record`.
  ///   - told: Hears of each delivery of another run.
  static func publisher(
    _ state: String, servers: [ServerAddress], token: String? = nil, own: RunID? = nil,
    record: @escaping Publisher.Recorder = { _ in },
    told: @escaping @Sendable (Delivery) -> Void = { _ in }
  ) throws(Fault) -> Publisher {
    let earlier = try EarlierRuns(state: state, changed: EarlierReports.remake)
    return Publisher(
      try outbox(state), servers: servers, token: token,
      isLeftAlone: { run in
        run != own && isPathComponent(run.rawValue) && JournalWriter.isAlive(RunFolder(state: state, run: run))
      }, rest: { await earlier.rest() },
      record: { delivery throws(Fault) in
        if delivery.run == own { return try await record(delivery) }
        if try await !earlier.record(delivery) {
          Terminal.say(
            "run \(delivery.run) is gone or damaged: what became of `\(delivery.title)` stands nowhere but here")
        }
        told(delivery)
      })
  }

  /// Delivers what lies in the outbox, for at most `seconds`; `only` to one server.
  static func deliver(
    _ publisher: Publisher, seconds: Double, only server: String? = nil
  ) async throws(Fault) -> DeliverySummary {
    let summary = try await publisher.deliver(until: Surroundings.real.now() + seconds, only: server)
    for notice in summary.notices { Terminal.say(notice) }
    return summary
  }
}

extension ServerAddress {
  /// Whether what goes there must name a pod.
  var needsPod: Bool { dialect == .testapi || dialect == .file }
}
