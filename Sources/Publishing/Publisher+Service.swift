import Model

/// What is known while results are delivered as they come.
struct Service: Sendable {
  /// Something has changed: see what is to be done.
  let bell: AsyncStream<Void>.Continuation
  /// Nothing new comes any more.
  var isEnding: Bool
  /// Nobody attends to it any more.
  var hasEnded = false
  /// Servers with an exchange under way.
  var running: Set<String> = []
  /// Servers that are left alone until a time.
  var due: [String: Double] = [:]
  /// When the folder is to be read again; at once to begin with, then only if something went wrong.
  var nextReading = -Double.infinity
  /// The earliest time for which somebody was sent to ring.
  var alarm = Double.infinity
  /// Another process had the outbox when it was last asked for.
  var isElsewhere = false
  /// Something was recorded since the last rest.
  var isUnrested = false
  /// Those who wait for the end.
  var waiting: [CheckedContinuation<Void, Never>] = []
  var summary = DeliverySummary()

  func ring() { bell.yield() }

  /// Servers that wanted something from us may be tried once more.
  mutating func forgetHeld() { due = due.filter { $0.value < .infinity } }

  /// An exchange, or several, have ended.
  mutating func take(_ report: LaneReport, of server: String, pause: Double?) {
    summary.take(report)
    isUnrested = isUnrested || !report.deliveries.isEmpty
    due[server] = pause
    running.remove(server)
  }
}

extension Publisher {
  /// Seconds until a disk that refused is tried again.
  private static let faultPause = 5.0
  /// Seconds until an outbox that another process delivers from is tried again.
  private static let lockPause = 0.25

  /// Delivers entries as they come, until ``finish(within:)`` is called or the task is cancelled. Others may deliver
  /// from the same outbox whenever nothing is under way here.
  public func serve() async {
    guard service == nil, !isFinished else { return }
    limit = .infinity
    await attend(isEnding: false)
  }

  /// Ends ``serve()`` in order: what can be delivered within so many seconds is, what is under way then is finished,
  /// and the rest stays in the outbox. Without `serve()` it delivers all the same. Returns what was delivered since
  /// `serve()` began. Nothing may be put in afterwards.
  public func finish(within seconds: Double) async -> DeliverySummary {
    isFinished = true
    limit = surroundings.now() + max(0, seconds)
    outbox.release()
    if service == nil {
      await attend(isEnding: true)
    } else if service?.hasEnded == false {
      service?.isEnding = true
      service?.nextReading = -.infinity
      service?.forgetHeld()
      service?.ring()
      await withCheckedContinuation { service?.waiting.append($0) }
    }
    var summary = service?.summary ?? DeliverySummary()
    service = nil
    do throws(Fault) {
      try await conclude(&summary)
    } catch {
      summary.add("the outbox cannot be read: \(error)")
    }
    return summary
  }

  /// Sees to everything that comes up, until it is over.
  private func attend(isEnding: Bool) async {
    let (rings, bell) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    service = Service(bell: bell, isEnding: isEnding)
    bell.yield()
    await withTaskGroup { group in
      for await _ in rings {
        guard let errands = await errands() else { break }
        for server in errands.servers { group.addTask { await self.visit(server) } }
        if let alarm = errands.alarm { group.addTask { await self.ring(at: alarm) } }
      }
      group.cancelAll()
    }
    await restIfDue()
    if service?.isElsewhere == true { service?.summary.add(Self.isElsewhere) }
    service?.hasEnded = true
    for one in service?.waiting ?? [] { one.resume() }
  }

  /// What is to be begun now; nil: it is over.
  private func errands() async -> (servers: [String], alarm: Double?)? {
    await readAgain()
    guard let service, !Task.isCancelled else { return nil }
    let now = surroundings.now()
    var next = service.nextReading
    var servers: [String] = []
    for server in outbox.servers where !service.running.contains(server) {
      let due = service.due[server] ?? now
      if due > now || now >= limit { next = min(next, due) } else { servers.append(server) }
    }
    self.service?.running.formUnion(servers)
    if service.running.isEmpty, servers.isEmpty {
      if service.isEnding, next >= limit || now >= limit { return nil }
      await restIfDue()
    }
    guard next < service.alarm, next < limit else { return (servers, nil) }
    self.service?.alarm = next
    return (servers, next)
  }

  private func readAgain() async {
    guard let service, service.nextReading <= surroundings.now() else { return }
    self.service?.nextReading = .infinity
    await restIfDue()
    var summary = DeliverySummary()
    do throws(Fault) {
      try await admit(into: &summary)
    } catch {
      summary.add("the outbox cannot be read: \(error)")
      self.service?.nextReading = surroundings.now() + Self.faultPause
    }
    for notice in summary.notices { self.service?.summary.add(notice) }
  }

  private func restIfDue() async {
    guard service?.isUnrested == true else { return }
    service?.isUnrested = false
    await rest()
  }

  private func ring(at time: Double) async {
    await surroundings.sleep(time)
    if service?.alarm == time { service?.alarm = .infinity }
    service?.ring()
  }

  /// Delivers to one server as long as that goes on, and notes when to come back.
  private func visit(_ server: String) async {
    var report = LaneReport()
    var pause: Double?
    do throws(Fault) {
      if try await folder.hold() {
        service?.isElsewhere = false
        switch await work(server, into: &report) {
        case .over: pause = nil
        case .due(let time): pause = time
        case .held: pause = .infinity
        case .failed:
          pause = surroundings.now() + Self.faultPause
          service?.nextReading = surroundings.now() + Self.faultPause
        }
        await folder.letGo()
      } else {
        service?.isElsewhere = true
        pause = surroundings.now() + Self.lockPause
      }
    } catch {
      report.notices.append("results for \(server) wait: \(error)")
      pause = surroundings.now() + Self.faultPause
    }
    service?.take(report, of: server, pause: pause)
    service?.ring()
  }
}
