import Dialects
import Model

/// Puts results into the outbox and delivers what lies there: per server in order, the servers side by side.
public actor Publisher {
  /// Makes the client for a server.
  public typealias Connector = @Sendable (ServerAddress) throws(Fault) -> any ResultClient
  /// Hears of each entry's end before the entry is removed; if it throws, the entry stays and is asked for again.
  public typealias Recorder = @Sendable (Delivery) async throws(Fault) -> Void

  let folder: OutboxFolder
  let surroundings: Surroundings
  let record: Recorder
  let rest: @Sendable () async -> Void
  private let connect: Connector
  private let isLeftAlone: @Sendable (RunID) -> Bool
  private var configured: [String: ServerAddress] = [:]
  /// For servers that were not named, and whose entries want credentials.
  private let token: String?
  private var clients: [ServerAddress: any ResultClient] = [:]
  /// What had to be taken back from ``outbox`` waits for ``admit(into:)``, and what was put in since waits behind it.
  private var isBehind = false
  private var puts = 0
  private var noted: [String: String]?
  var outbox: Outbox
  /// No exchange begins after this time.
  var limit = Double.infinity
  /// While it delivers as entries come.
  var service: Service?
  var isFinished = false

  /// `servers` are those of this call, with their credentials; entries for others are delivered without any, or, if they
  /// want some, with `token`.
  /// `connect` is for dialects and limits of one's own; the default speaks all that ``ServerAddress`` can name.
  /// `isLeftAlone` tells the runs that another process coordinates: it delivers their results itself. `rest` is called
  /// when nothing is under way any more, so that what `record` keeps open can be closed.
  public init(
    _ folder: OutboxFolder, servers: [ServerAddress] = [], token: String? = nil,
    policy: DeliveryPolicy = DeliveryPolicy(),
    surroundings: Surroundings = .real, connect: @escaping Connector = { try client(for: $0) },
    isLeftAlone: @escaping @Sendable (RunID) -> Bool = { _ in false },
    rest: @escaping @Sendable () async -> Void = {}, record: @escaping Recorder = { _ in }
  ) {
    self.folder = folder
    self.token = token
    self.surroundings = surroundings
    self.connect = connect
    self.isLeftAlone = isLeftAlone
    self.rest = rest
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
    case .paddles: try StepClient(to: address, PaddlesManners(), limits: limits)
    case .avocado: try StepClient(to: address, AvocadoManners(), limits: limits)
    case .file: try FileDump(to: address)
    }
  }

  /// Puts a submission into the outbox; when this returns, nothing but a server's word takes it out again, or something
  /// later that makes it needless. Throws `.limit` and `.system`.
  public func enqueue(_ submission: Submission, to address: ServerAddress, run: RunID) async throws(Fault) {
    try await put(submission, to: address, run: run, mayBeSent: false)
  }

  /// Puts submissions of a resumed run into the outbox that an earlier process may have sent: their server is asked for
  /// them first. `submissions` are all those, in order, of which nobody knows that they have ended. Those that lie there
  /// already, waiting or refused, stay as they are. Throws as ``enqueue(_:to:run:)``.
  public func enqueueAgain(
    _ submissions: [Submission], to address: ServerAddress, run: RunID
  ) async throws(Fault) {
    guard !submissions.isEmpty else { return }
    // What lies there goes first.
    var summary = DeliverySummary()
    try await admit(into: &summary)
    for notice in summary.notices { service?.summary.add(notice) }
    let keys = submissions.map { OutboxEntry.Key(submission: $0.id, server: address.displayName) }
    let (waiting, refused) = try await folder.places(of: keys)
    for (submission, mayBeSent) in Backlog.missing(of: submissions, waiting: waiting, refused: refused) {
      try await put(submission, to: address, run: run, mayBeSent: mayBeSent)
    }
  }

  private func put(
    _ submission: Submission, to address: ServerAddress, run: RunID, mayBeSent: Bool
  ) async throws(Fault) {
    let entry = OutboxEntry(submission, to: address, run: run, created: surroundings.wallClock())
    if mayBeSent {
      guard try await folder.storeAgain(entry) else { return }
    } else {
      try await folder.store(entry)
    }
    puts += 1
    if !isBehind {
      outbox.enqueue(entry.key, entry.traits, sentBefore: mayBeSent ? 0 : nil, now: surroundings.now())
    }
    service?.ring()
  }

  /// Delivers what lies in the outbox, also from other runs, until nothing is left, only waiting beyond `deadline`
  /// (in seconds of ``Surroundings/now``) would help, or the task is cancelled. If another process delivers at this
  /// time, that one does it: a notice says so. `only` limits it to one server. Throws `.system` if the outbox cannot be
  /// read.
  public func deliver(until deadline: Double, only server: String? = nil) async throws(Fault) -> DeliverySummary {
    var summary = DeliverySummary()
    if try await folder.acquire() {
      limit = deadline
      outbox.release()
      do throws(Fault) {
        try await rounds(only: server, into: &summary)
      } catch {
        await rest()
        await folder.release()
        throw error
      }
      await folder.release()
    } else {
      summary.notices.append(Self.isElsewhere)
    }
    try await conclude(&summary, only: server)
    return summary
  }

  static let isElsewhere = "another process delivers from this outbox; what is left is left to it"

  /// Counts what is still there.
  func conclude(_ summary: inout DeliverySummary, only: String? = nil) async throws(Fault) {
    let left = try await folder.list(now: surroundings.wallClock())
    for notice in left.notices { summary.add(notice) }
    let entries = left.entries.filter { only == nil || $0.key.server == only }
    for (server, entries) in Dictionary(grouping: entries, by: \.key.server).sorted(by: { $0.key < $1.key }) {
      let others = entries.count { isLeftAlone($0.run) }
      // A run is not interested in what others have yet to deliver.
      if others > 0, !isFinished {
        summary.add("\(others) results for \(server) are left to the runs they come from, which are alive")
      }
      guard entries.count > others else { continue }
      summary.pending.append(
        .init(server: server, count: entries.count - others, reason: outbox.trouble(for: server)))
    }
  }

  private func rounds(only: String?, into summary: inout DeliverySummary) async throws(Fault) {
    while true {
      try await admit(into: &summary)
      let servers = outbox.servers.filter { only == nil || $0 == only }
      let reports = await withTaskGroup(of: LaneReport.self) { group in
        for server in servers { group.addTask { await self.drain(server) } }
        var reports: [LaneReport] = []
        while let report = await group.next() { reports.append(report) }
        return reports
      }
      for report in reports { summary.take(report) }
      await rest()
      // Others may have put something in meanwhile.
      if Task.isCancelled || !reports.contains(where: { !$0.deliveries.isEmpty }) { return }
    }
  }

  private func drain(_ server: String) async -> LaneReport {
    var report = LaneReport()
    while case .due(let time) = await work(server, into: &report), time < limit, !Task.isCancelled {
      await surroundings.sleep(time)
    }
    return report
  }

  /// Takes over what lies in the folder.
  func admit(into summary: inout DeliverySummary) async throws(Fault) {
    var seen: Int
    repeat {
      seen = puts
      let listing = try await folder.list(now: surroundings.wallClock())
      for notice in listing.notices { summary.add(notice) }
      let now = surroundings.now()
      var alone: [RunID: Bool] = [:]
      for entry in listing.entries {
        let isAlone = alone[entry.run] ?? isLeftAlone(entry.run)
        alone[entry.run] = isAlone
        if !isAlone { outbox.enqueue(entry.key, entry.traits, sentBefore: entry.sentBefore, now: now) }
      }
      // What was put in while the folder was read may be missing from the list.
    } while isBehind && seen != puts
    isBehind = false
  }

  /// Takes an entry that is under way, and what waits behind it in its chain, out of the order, until the folder is read
  /// again. What is put in until then must not overtake it.
  func abandon(_ key: OutboxEntry.Key) {
    outbox.abandon(key)
    isBehind = true
  }

  /// The server's client; nil if it would have to know something that is neither kept nor given.
  func client(for entry: OutboxEntry) throws(Fault) -> (any ResultClient)? {
    let server = entry.key.server
    let address: ServerAddress
    if let known = configured[server] {
      address = known
    } else {
      address = try ServerAddress(parsing: server, token: entry.needsCredentials ? token : nil)
    }
    if entry.needsCredentials, !address.hasCredentials { return nil }
    if let client = clients[address] { return client }
    let client = try connect(address)
    clients[address] = client
    return client
  }

  /// Keeps for people what is wrong with a server, when that changes. A disk that does not take it is no reason to
  /// stop.
  func note(_ reason: String?, for server: String) async {
    if noted == nil { noted = (try? await folder.troubles())?.mapValues(\.reason) ?? [:] }
    guard noted?[server] != reason else { return }
    noted?[server] = reason
    try? await folder.note(reason, for: server, at: surroundings.wallClock())
  }
}
