import Model
import Wire

// One line to an agent, from the greeting to its end.
extension NodeLane {
  func serve(_ line: any NodeLine) async throws {
    hasGreeted = false
    began = .now
    silentSince = began
    asked = nil
    present = []
    defer { isServing = false }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.converse(line) }
      group.addTask { try await self.watch() }
      group.addTask { try await self.leave(line) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Ends a line on which nothing comes, or not what must come.
  private func watch() async throws {
    while true {
      try await Task.sleep(for: patience.heartbeat)
      let now = ContinuousClock.now
      if let silentSince, now - (asked ?? silentSince) > patience.silence {
        // While a question is open no pings go down; one went with it.
        if let asked, silentSince > asked { throw Fault(.wire, "\(node.name) does not say which files it lacks") }
        let seconds = ((now - silentSince) / .seconds(1)).rounded()
        throw Fault(.link, "\(node.name) has been silent for \(Int(seconds)) s")
      }
      if isServing {
        orders.post(.ping)
      } else if now - began > patience.silence * 3 {
        throw Fault(.wire, "\(node.name) does not finish its greeting")
      }
    }
  }

  /// The run ends before the agent has answered.
  private func leave(_ line: any NodeLine) async throws {
    _ = await stop.take()
    try Task.checkCancellation()
    if hasGreeted { try await line.write(Frame.encode(.bye, [])) }
  }

  private func converse(_ line: any NodeLine) async throws {
    var greeting = attach
    greeting.received = received
    try await line.write(Magic.bytes + Frame.encode(.attach, json: greeting))
    hasGreeted = true
    var frames = try await FrameReader.open(line)
    let welcome = try await welcome(from: &frames)
    for (attempt, reason) in reconcile(welcome) { inbox.post(.perished(attempt, reason: reason)) }
    if confirmed > 0 { orders.post(.acknowledge(confirmed, epoch: epoch)) }
    var early: [Frame] = []
    for _ in 0..<3 { try await measureClock(line, &frames, passedOver: &early) }
    var facts = welcome.facts
    facts.clockOffset = clock.milliseconds
    facts.clockUncertainty = clock.uncertainty
    inbox.post(.ready(node.name, facts))
    up()
    // Only now: the node is back before what it has to say can end the run.
    try await hear(early)
    let rest = frames
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.listen(rest) }
      group.addTask { try await self.obey(line) }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func welcome(from frames: inout FrameReader) async throws -> Welcome {
    let frame = try await frames.next()
    silentSince = .now
    switch frame.kind {
    case .welcome: return try Payload.decode(Welcome.self, from: frame.payload)
    case .refused: throw try Payload.decode(Fault.self, from: frame.payload)
    default: throw Fault(.wire, "\(node.name) began with frame \(frame.kind.rawValue) instead of a welcome")
    }
  }

  /// Compares what the agent holds with what it was given. What it has not got is ordered again, unless it had begun or
  /// was told to end: those are returned, with what became of them.
  private func reconcile(_ welcome: Welcome) -> [(AttemptID, reason: String)] {
    if let life, life != welcome.life || welcome.sequence < received {
      epoch += 1
      received = 0
      confirmed = 0
    }
    life = welcome.life
    let held = Set(welcome.attempts)
    var unknown: [AttemptOrder] = []
    var lost: [(AttemptID, reason: String)] = []
    for order in outstanding.values.sorted(by: { $0.fence < $1.fence }) where !held.contains(order.attempt) {
      if started.contains(order.attempt) {
        lost.append((order.attempt, "the agent on \(node.name) died"))
      } else if cancelled[order.attempt] != nil {
        lost.append((order.attempt, "cancelled before \(node.name) had it"))
      } else {
        unknown.append(order)
      }
    }
    for (attempt, _) in lost { forget(attempt) }
    again = unknown.isEmpty ? [] : [.run(unknown)]
    for cancel in cancelled.values { again.append(.cancel(cancel)) }
    return lost
  }

  private func measureClock(
    _ line: any NodeLine, _ frames: inout FrameReader, passedOver: inout [Frame]
  ) async throws {
    try await line.write(clock.ping())
    while true {
      let frame = try await frames.next()
      note()
      if frame.kind == .pong { return try await hear([frame]) }
      // Copied: the reader's buffer must not be held.
      passedOver.append(Frame(frame.kind, ArraySlice(Array(frame.payload))))
      if passedOver.count > 256 {
        try await hear(passedOver)
        passedOver = []
      }
    }
  }

  // MARK: Records

  private func listen(_ frames: FrameReader) async throws {
    var frames = frames
    do {
      while true {
        let chunk = try await frames.chunk()
        note()
        try await hear(chunk)
      }
    } catch let fault as Fault where fault.code == .link && isFinishing {
      return
    }
  }

  /// Something came.
  private func note() {
    heard = .now
    silentSince = heard
  }

  private func hear(_ frames: [Frame]) async throws {
    var records: [NodeRecord] = []
    var cost = 0
    for frame in frames {
      switch frame.kind {
      case .event:
        let (sequence, event) = try Frame.decodeEvent(frame.payload)
        note(event)
        records.append(NodeRecord(sequence: sequence, content: .event(event)))
      case .data:
        let (header, bytes) = try DataHeader.split(frame.payload)
        records.append(NodeRecord(sequence: header.sequence, content: .data(header, Array(bytes))))
      case .pong: clock.pong(frame.payload)
      case .want: wants.post(try Payload.decode(Offer.self, from: frame.payload))
      case .refused: throw try Payload.decode(Fault.self, from: frame.payload)
      default: continue
      }
      cost += frame.payload.count
    }
    for record in records {
      guard record.sequence == received + 1 else {
        throw Fault(.wire, "\(node.name) sent record \(record.sequence) after \(received)")
      }
      received = record.sequence
    }
    guard !records.isEmpty, !isFinishing else { return }
    silentSince = nil
    await inbox.postWhenRoom(.records(node.name, epoch: epoch, records), cost: cost)
    silentSince = .now
  }

  private func note(_ event: NodeEvent) {
    switch event {
    case .started(let attempt, _): if outstanding[attempt] != nil { started.insert(attempt) }
    case .finished(let attempt, _): forget(attempt)
    case .artifact, .notice, .unknown: break
    }
  }

  func forget(_ attempt: AttemptID) {
    outstanding[attempt] = nil
    cancelled[attempt] = nil
    started.remove(attempt)
  }
}
