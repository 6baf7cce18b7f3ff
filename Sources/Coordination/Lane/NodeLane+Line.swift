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
    if hasGreeted { try await write(Frame.encode(.bye, []), to: line) }
  }

  private func converse(_ line: any NodeLine) async throws {
    var greeting = attach
    greeting.life = session.life
    greeting.isNew = session.life == nil
    greeting.received = session.received
    greeting.held = try await supplies.held()
    try await write(Magic.bytes + Frame.encode(.attach, json: greeting), to: line)
    hasGreeted = true
    var frames = try await FrameReader.open(line)
    let welcome = try await welcome(from: &frames)
    reconcile(welcome)
    var early: [Frame] = []
    for _ in 0..<3 { try await measureClock(line, &frames, passedOver: &early) }
    var facts = welcome.facts
    facts.clockOffset = clock.milliseconds
    facts.clockUncertainty = clock.uncertainty
    inbox.post(.ready(node.name, facts, life: welcome.life))
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
    note()
    switch frame.kind {
    case .welcome: return try Payload.decode(Welcome.self, from: frame.payload)
    case .refused: throw try Payload.decode(Fault.self, from: frame.payload)
    default: throw Fault(.wire, "\(node.name) began with frame \(frame.kind.rawValue) instead of a welcome")
    }
  }

  /// Makes the agent's and the run's knowledge of each other one.
  private func reconcile(_ welcome: Welcome) {
    let result = session.welcome(welcome)
    for (attempt, reason) in result.lost { inbox.post(.perished(attempt, reason: reason)) }
    again = result.again.isEmpty ? [] : [.run(result.again)]
    again += result.cancels.map { .cancel($0) }
    if !result.strays.isEmpty { again.append(.cancel(Cancel(attempts: result.strays, now: true))) }
    // The old line may have swallowed it.
    if session.confirmed > 0 { again.append(.repeatAcknowledgement) }
  }

  private func measureClock(
    _ line: any NodeLine, _ frames: inout FrameReader, passedOver: inout [Frame]
  ) async throws {
    try await write(clock.ping(), to: line)
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
    silentSince = .now
    lease.hear(at: uptime())
  }

  private func hear(_ frames: [Frame]) async throws {
    var records: [NodeRecord] = []
    var cost = 0
    for frame in frames {
      switch frame.kind {
      case .event, .data: if let record = try NodeRecord(frame) { records.append(record) }
      case .pong: clock.pong(frame.payload)
      case .want:
        let offer = try Payload.decode(Offer.self, from: frame.payload)
        if asked != nil { wants.post(offer) }
      case .refused: throw try Payload.decode(Fault.self, from: frame.payload)
      default: continue
      }
      cost += frame.payload.count
    }
    for record in records { try session.hear(record) }
    guard !records.isEmpty, !isFinishing else { return }
    silentSince = nil
    await inbox.postWhenRoom(.records(node.name, epoch: session.epoch, records), cost: cost)
    // While nobody listened the node may have said anything.
    note()
  }
}
