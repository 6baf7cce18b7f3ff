import CrashPoints
import Dialects
import Model

/// What a server's lane did.
struct LaneReport: Sendable {
  var deliveries: [Delivery] = []
  var notices: [String] = []
}

/// Why a server's lane stands still.
enum LaneEnd: Sendable {
  /// Nothing is left, or the time is over.
  case over
  /// Nothing to do before this time.
  case due(Double)
  /// Nothing to do until somebody changes something.
  case held
  /// The disk or an address failed us: what was in hand is to be taken up again from the folder.
  case failed
}

extension Publisher {
  /// One exchange with a server after the other, as long as there is one to be had now.
  func work(_ server: String, into report: inout LaneReport) async -> LaneEnd {
    do throws(Fault) {
      while !Task.isCancelled {
        let now = surroundings.now()
        guard now < limit else { break }
        switch outbox.next(for: server, now: now) {
        case .send(let key): try await exchange(key, isQuestion: false, into: &report)
        case .ask(let key): try await exchange(key, isQuestion: true, into: &report)
        case .drop(let key):
          try await folder.remove(key)
          outbox.dropped(key)
        case .wait(let until): return .due(until)
        case .held: return .held
        case .busy, .empty: return .over
        }
      }
      return .over
    } catch {
      report.notices.append("results for \(server) wait: \(error)")
      await note("\(error)", for: server)
      return .failed
    }
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
      abandon(key)
      throw error
    }
    CrashPoint.resultAnswered.reach()
    switch consequence {
    case .kept:
      if let client = try client(for: entry), await client.mayHavePart(of: entry) { break }
      try await folder.mark(key, sent: false)
    case .keptUncertain: break
    case .delivered(let link): try await end(entry, .delivered(link: link), into: &report)
    case .refused(let reason): try await end(entry, .refused(reason: reason), into: &report)
    }
    await note(outbox.trouble(for: key.server), for: key.server)
  }

  private func end(_ entry: OutboxEntry, _ end: Delivery.End, into report: inout LaneReport) async throws(Fault) {
    // Nobody is interested in what became of a sign of life.
    if entry.traits.standing == .pulse { return try await folder.remove(entry.key) }
    let delivery = Delivery(entry, end)
    try await record(delivery)
    CrashPoint.deliveryRecorded.reach()
    switch end {
    case .delivered: try await folder.remove(entry.key)
    case .refused(let reason): try await folder.refuse(entry.key, reason: reason)
    }
    report.deliveries.append(delivery)
  }

  private func send(_ entry: OutboxEntry) async throws(Fault) -> Outbox.Consequence {
    var result = SendResult.held(
      reason: "\(entry.key.server) wants credentials, which are not kept in the outbox: name the server again")
    if let client = try client(for: entry) {
      try await folder.mark(entry.key, sent: true)
      CrashPoint.entryMarked.reach()
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
}

extension DeliverySummary {
  /// Takes in what a lane did.
  mutating func take(_ report: LaneReport) {
    for notice in report.notices { add(notice) }
    for delivery in report.deliveries {
      if case .delivered = delivery.end { delivered.append(delivery) } else { refused.append(delivery) }
    }
  }

  /// Says something, once.
  mutating func add(_ notice: String) { if !notices.contains(notice) { notices.append(notice) } }
}
