import Dialects
import Model
import Store

extension PaddlesDialect {
  /// Answers what lies under `/queue/`; `rest` is the path behind it. A verb that a path does not know reads it.
  func queueReply(_ call: Call, _ rest: [String]) async throws -> Reply {
    switch (rest, call.verb) {
    case ([], "POST"): try await addQueue(call)
    case ([], "PUT"): try await changeQueue(call)
    case ([], _): try await listQueues(call)
    case (["pop_queue"], _): try await popQueue(call)
    case (["stats"], _): try await queueStats(call)
    case (["queued_jobs"], _): try await queuedJobs(call)
    default: throw Paddles.Refusal.noSuchPage
    }
  }

  private func addQueue(_ call: Call) async throws -> Reply {
    let update = try Paddles.QueueUpdate(Paddles.Fields(call.body))
    var queue = Paddles.Queue(name: update.name)
    try queue.update(update, now: clock())
    guard try await store.addQueue(JobQueue(queue)) else {
      throw Paddles.Refusal.invalid("Queue \(update.name) already exists")
    }
    return .done
  }

  private func changeQueue(_ call: Call) async throws -> Reply {
    let update = try Paddles.QueueUpdate(Paddles.Fields(call.body))
    let now = clock()
    let change = try await store.changeQueue(update.name) { queue throws(Paddles.Refusal) in
      var shown = Paddles.Queue(queue)
      try shown.update(update, now: now)
      queue = JobQueue(shown)
    }
    switch change {
    case .changed: return .done
    case .absent: throw Paddles.Refusal.noSuchQueue
    case .refused(let refusal): throw refusal
    }
  }

  /// `GET /queue/`: several types in one request share a queue, which is called `multi`.
  private func listQueues(_ call: Call) async throws -> Reply {
    let query = Paddles.Arguments(call.query)
    let name = query["machine_type"].map { $0.contains("|") ? "multi" : $0 }
    let now = clock()
    var writer = JSONWriter()
    Paddles.appendList(try await store.queues(named: name, pausedBy: query["paused_by"]), to: &writer) {
      Paddles.Queue($0).write(to: &$1, now: now)
    }
    return .json(writer.bytes)
  }
}

extension Paddles.Refusal {
  /// No queue has that name.
  static let noSuchQueue = invalid("specified queue does not exist")
}

extension Paddles.Queue {
  /// A queue as it is kept.
  init(_ queue: JobQueue) {
    self.init(
      name: queue.name, pausedBy: queue.pausedBy, pausedSince: queue.pausedSince, pausedUntil: queue.pausedUntil)
  }
}

extension JobQueue {
  /// A queue as it is to be kept.
  fileprivate init(_ queue: Paddles.Queue) {
    self.init(
      name: queue.name, pausedBy: queue.pausedBy, pausedSince: queue.pausedSince, pausedUntil: queue.pausedUntil)
  }
}
