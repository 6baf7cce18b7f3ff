import Dialects
import Model

/// Puts results into the outbox and delivers what lies there: per server in order, the servers side by side.
public actor Publisher {
  /// Makes the client for a server.
  public typealias Connector = @Sendable (ServerAddress) throws(Fault) -> any ResultClient
  /// Hears of each entry's end before the entry is removed; if it throws, the entry stays and is asked for again.
  public typealias Recorder = @Sendable (Delivery) async throws(Fault) -> Void

  private let folder: OutboxFolder
  private let surroundings: Surroundings
  private let connect: Connector
  private let record: Recorder
  private var configured: [String: ServerAddress] = [:]
  private var clients: [String: any ResultClient] = [:]
  private var outbox: Outbox

  /// `servers` are those of this call, with their credentials; entries for others are delivered without any.
  /// `connect` is for dialects and limits of one's own; the default speaks all that ``ServerAddress`` can name.
  public init(
    _ folder: OutboxFolder, servers: [ServerAddress] = [], policy: DeliveryPolicy = DeliveryPolicy(),
    surroundings: Surroundings = .real, connect: @escaping Connector = { try client(for: $0) },
    record: @escaping Recorder = { _ in }
  ) {
    self.folder = folder
    self.surroundings = surroundings
    self.connect = connect
    self.record = record
    outbox = Outbox(policy: policy)
    for server in servers { configured[server.displayName] = server }
  }

  /// The client of an address's dialect. `externalURL` and `limits` are for Test APIs. Throws `.usage` and `.system`.
  public static func client(
    for address: ServerAddress, externalURL: ServerAddress? = nil, limits: HTTPLimits = HTTPLimits()
  ) throws(Fault) -> any ResultClient {
    switch address.dialect {
    case .testapi: try TestAPIClient(to: address, externalURL: externalURL, limits: limits)
    case .file: try FileDump(to: address)
    }
  }

  /// Puts a result into the outbox; when this returns, nothing but a server's word takes it out again. Throws `.limit`
  /// and `.system`.
  public func enqueue(
    _ submission: ResultSubmission, to address: ServerAddress, run: RunID, caseID: CaseID, attempt: AttemptID
  ) async throws(Fault) {
    let entry = OutboxEntry(
      attempt: attempt, to: address, run: run, caseID: caseID, created: surroundings.wallClock(), body: submission.body)
    try await folder.store(entry)
    outbox.enqueue(entry.key, now: surroundings.now())
  }

  /// Delivers what lies in the outbox, also from other runs, until nothing is left, only waiting beyond `deadline`
  /// (in seconds of ``Surroundings/now``) would help, or the task is cancelled. If another process delivers at this
  /// time, that one does it: a notice says so. Throws `.system` if the outbox cannot be read.
  public func deliver(until deadline: Double) async throws(Fault) -> DeliverySummary {
    var summary = DeliverySummary()
    if try await folder.acquire() {
      outbox.release()
      do {
        try await rounds(until: deadline, into: &summary)
      } catch {
        await folder.release()
        throw error
      }
      await folder.release()
    } else {
      summary.notices.append("another process delivers from this outbox; what is left is left to it")
    }
    let left = try await folder.list(now: surroundings.wallClock())
    summary.notices += left.notices
    for (server, entries) in Dictionary(grouping: left.entries, by: \.key.server).sorted(by: { $0.key < $1.key }) {
      summary.pending.append(.init(server: server, count: entries.count, reason: outbox.trouble(for: server)))
    }
    return summary
  }

  private func rounds(until deadline: Double, into summary: inout DeliverySummary) async throws(Fault) {
    while true {
      try await admit(into: &summary)
      let reports = await withTaskGroup(of: LaneReport.self) { group in
        for server in outbox.servers { group.addTask { await self.drain(server, until: deadline) } }
        var reports: [LaneReport] = []
        while let report = await group.next() { reports.append(report) }
        return reports
      }
      var isProgress = false
      for report in reports {
        summary.notices += report.notices
        isProgress = isProgress || !report.deliveries.isEmpty
        for delivery in report.deliveries {
          if case .delivered = delivery.end {
            summary.delivered.append(delivery)
          } else {
            summary.refused.append(delivery)
          }
        }
      }
      // Others may have put something in meanwhile.
      if !isProgress || Task.isCancelled { return }
    }
  }

  /// Takes over what lies in the folder.
  private func admit(into summary: inout DeliverySummary) async throws(Fault) {
    let listing = try await folder.list(now: surroundings.wallClock())
    summary.notices += listing.notices
    let now = surroundings.now()
    for entry in listing.entries { outbox.enqueue(entry.key, sentBefore: entry.sentBefore, now: now) }
  }

  private struct LaneReport: Sendable {
    var deliveries: [Delivery] = []
    var notices: [String] = []
  }

  private func drain(_ server: String, until deadline: Double) async -> LaneReport {
    var report = LaneReport()
    do throws(Fault) {
      while !Task.isCancelled {
        let now = surroundings.now()
        guard now < deadline else { break }
        switch outbox.next(for: server, now: now) {
        case .send(let key): try await exchange(key, isQuestion: false, into: &report)
        case .ask(let key): try await exchange(key, isQuestion: true, into: &report)
        case .wait(let until):
          guard until < deadline else { return report }
          await surroundings.sleep(until)
        case .held, .busy, .empty: return report
        }
      }
    } catch {
      report.notices.append("results for \(server) wait: \(error)")
    }
    return report
  }

  private func exchange(_ key: OutboxEntry.Key, isQuestion: Bool, into report: inout LaneReport) async throws(Fault) {
    let entry: OutboxEntry
    let consequence: Outbox.Consequence
    do throws(Fault) {
      guard let found = try await folder.read(key) else { return outbox.forget(key) }
      entry = found
      consequence = try await isQuestion ? ask(entry) : send(entry)
    } catch {
      // The disk or the address is at fault, not the server: the entry is taken up again from the folder.
      outbox.forget(key)
      throw error
    }
    var delivery = Delivery(
      attempt: key.attempt, run: entry.run, caseID: entry.caseID, server: key.server, end: .delivered(link: ""))
    switch consequence {
    case .kept: try await folder.mark(key, sent: false)
    case .keptUncertain: break
    case .delivered(let link):
      delivery.end = .delivered(link: link)
      try await record(delivery)
      try await folder.remove(key)
      report.deliveries.append(delivery)
    case .refused(let reason):
      delivery.end = .refused(reason: reason)
      try await record(delivery)
      try await folder.refuse(key, reason: reason)
      report.deliveries.append(delivery)
    }
  }

  private func send(_ entry: OutboxEntry) async throws(Fault) -> Outbox.Consequence {
    var result = SendResult.held(
      reason: "\(entry.key.server) wants credentials, which are not kept in the outbox: name the server again")
    if let client = try client(for: entry) {
      try await folder.mark(entry.key, sent: true)
      result = await client.send(entry)
    }
    return outbox.sent(entry.key, result, now: surroundings.now(), random: surroundings.random())
  }

  private func ask(_ entry: OutboxEntry) async throws(Fault) -> Outbox.Consequence {
    var result = AskResult.held(
      reason: "\(entry.key.server) wants credentials, which are not kept in the outbox: name the server again")
    if let client = try client(for: entry) { result = await client.ask(entry) }
    return outbox.asked(entry.key, result, now: surroundings.now(), random: surroundings.random())
  }

  /// The server's client; nil if it would have to know something that is neither kept nor given.
  private func client(for entry: OutboxEntry) throws(Fault) -> (any ResultClient)? {
    let server = entry.key.server
    let address: ServerAddress = if let known = configured[server] { known } else { try ServerAddress(parsing: server) }
    if entry.needsCredentials, !address.hasCredentials { return nil }
    if let client = clients[server] { return client }
    let client = try connect(address)
    clients[server] = client
    return client
  }
}
