import Model
import Wire

/// One node's side of a run: keeps a line to its agent, puts a lost line up again, and passes orders down and records up.
actor NodeLane {
  /// What the run's loop wants of the node.
  enum Order: Sendable {
    case run([AttemptOrder])
    case cancel(Cancel)
    case acknowledge(UInt64, epoch: Int)
    case ping
    case finish
  }

  /// The node.
  nonisolated let node: Node
  /// Orders on their way down.
  nonisolated let orders = Mailbox<Order>()
  private let attach: Attach
  private let connector: any Connector
  private let inbox: Mailbox<Input>
  private let source: @Sendable (String) async -> (path: String, size: Int64)?
  private let patience: Double
  private let stop = Mailbox<Void>()
  private let wants = Mailbox<Offer>()
  private var isServing = false
  private var isFinishing = false
  private var hasBeenReady = false
  private var life: String?
  private var epoch = 0
  private var received: UInt64 = 0
  private var outstanding: [AttemptID: AttemptOrder] = [:]
  private var started: Set<AttemptID> = []
  private var present: Set<String> = []
  private var heard = ContinuousClock.now
  private var clock: ClockOffset

  /// A line that is silent for longer is taken for dead, half-open ones included.
  private static let silenceLimit = Duration.seconds(10)
  private static let heartbeat = Duration.seconds(3)
  /// How often a node that was never reached is tried.
  private static let firstTries = 3

  /// - Parameter patience: seconds without contact after which the node is given up: its lease and the margin.
  init(
    node: Node, attach: Attach, connector: any Connector, inbox: Mailbox<Input>, patience: Double,
    wall: @escaping @Sendable () -> Timestamp,
    source: @escaping @Sendable (String) async -> (path: String, size: Int64)?
  ) {
    self.node = node
    self.attach = attach
    self.connector = connector
    self.inbox = inbox
    self.patience = patience
    self.source = source
    clock = ClockOffset(wall: wall)
  }

  /// Keeps the node attached until ``finish()``, or until it is given up.
  func run() async {
    var tries = 0
    while !isFinishing {
      var failure = Fault(.link, "the link ended")
      do {
        try await attachAndServe()
        if isFinishing { return }
      } catch let fault as Fault {
        failure = fault
      } catch {
        failure = Fault(.link, "\(error)")
      }
      if isFinishing { return }
      tries = isUp ? 1 : tries + 1
      if isUp { inbox.post(.down(node.name, reason: failure.description)) }
      isUp = false
      let silence = ContinuousClock.now - heard
      let isHopeless = hasBeenReady ? silence > .seconds(patience) : tries >= NodeLane.firstTries
      guard failure.isWorthAnotherTry, !isHopeless else {
        inbox.post(.gone(node.name, reason: failure.description))
        return
      }
      let pause = Duration.milliseconds(200 * min(tries * tries, 25))
      await unlessStopped { try? await Task.sleep(for: pause) }
    }
  }

  private var isUp = false

  /// Says goodbye to the agent, or stops trying to reach it.
  func finish() {
    isFinishing = true
    if isServing { orders.post(.finish) } else { stop.post(()) }
  }

  private func unlessStopped(_ work: @escaping @Sendable () async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await work() }
      group.addTask { [stop] in _ = await stop.take() }
      await group.next()
      group.cancelAll()
    }
  }

  private func attachAndServe() async throws {
    let connector = self.connector
    let node = self.node
    let line = try await withThrowingTaskGroup(of: (any NodeLine)?.self) { group in
      group.addTask { try await connector.attach(to: node) }
      group.addTask { [stop] in
        _ = await stop.take()
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
    guard let line else { return }
    do {
      try await serve(line)
    } catch let fault as Fault where fault.code == .link {
      let complaint = await line.complaint()
      await line.close()
      throw complaint.isEmpty ? fault : Fault(.link, fault.message + ": " + complaint)
    } catch {
      await line.close()
      throw error
    }
    await line.close()
  }

  // MARK: One line

  private func serve(_ line: any NodeLine) async throws {
    var greeting = attach
    greeting.received = received
    try await line.write(Magic.bytes + Frame.encode(.attach, json: greeting))
    var frames = try await FrameReader.open(line)
    let welcome = try await welcome(from: &frames)
    let lost = reconcile(welcome)
    var early: [Frame] = []
    for _ in 0..<3 {
      try await line.write(clock.ping())
      while true {
        let frame = try await frames.next()
        heard = ContinuousClock.now
        if frame.kind == .pong {
          clock.pong(frame.payload)
          break
        }
        early.append(Frame(frame.kind, ArraySlice(Array(frame.payload))))
      }
    }
    var facts = welcome.facts
    facts.clockOffset = clock.milliseconds
    facts.clockUncertainty = clock.uncertainty
    for attempt in lost { inbox.post(.perished(attempt, reason: "the agent on \(node.name) died")) }
    inbox.post(.ready(node.name, facts))
    isUp = true
    hasBeenReady = true
    isServing = true
    defer { isServing = false }
    if isFinishing { orders.post(.finish) }
    try await hear(early)
    try await exchange(line, frames)
  }

  private func welcome(from frames: inout FrameReader) async throws -> Welcome {
    let frame = try await frames.next()
    heard = ContinuousClock.now
    switch frame.kind {
    case .welcome: return try Payload.decode(Welcome.self, from: frame.payload)
    case .refused: throw try Payload.decode(Fault.self, from: frame.payload)
    default: throw Fault(.wire, "\(node.name) began with frame \(frame.kind.rawValue) instead of a welcome")
    }
  }

  /// Compares what the agent holds with what it was given. What it never got is ordered again; what a dead agent had
  /// begun is returned.
  private func reconcile(_ welcome: Welcome) -> [AttemptID] {
    var lost: [AttemptID] = []
    if let life, life != welcome.life {
      epoch += 1
      received = 0
      lost = outstanding.keys.filter(started.contains)
      for attempt in lost { outstanding[attempt] = nil }
      started = []
    }
    life = welcome.life
    let held = Set(welcome.attempts)
    let again = outstanding.values.filter { !held.contains($0.attempt) }.sorted { $0.fence < $1.fence }
    if !again.isEmpty { orders.post(.run(again)) }
    return lost
  }

  private func exchange(_ line: any NodeLine, _ frames: FrameReader) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.listen(frames) }
      group.addTask { try await self.obey(line) }
      group.addTask { try await self.beat() }
      // The first to end ends the line: the listener at its end, the others with a fault.
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func beat() async throws {
    while true {
      try await Task.sleep(for: NodeLane.heartbeat)
      let silence = ContinuousClock.now - heard
      guard silence < NodeLane.silenceLimit else {
        throw Fault(.link, "\(node.name) has been silent for \(silence.components.seconds) s")
      }
      orders.post(.ping)
    }
  }

  private func listen(_ frames: FrameReader) async throws {
    var frames = frames
    do {
      while true {
        let chunk = try await frames.chunk()
        heard = ContinuousClock.now
        try await hear(chunk)
      }
    } catch let fault as Fault where fault.code == .link && isFinishing {
      return
    }
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
    if !records.isEmpty { await inbox.postWhenRoom(.records(node.name, epoch: epoch, records), cost: cost) }
  }

  private func note(_ event: NodeEvent) {
    switch event {
    case .started(let attempt, _): started.insert(attempt)
    case .finished(let attempt, _):
      outstanding[attempt] = nil
      started.remove(attempt)
    case .artifact, .notice, .unknown: break
    }
  }

  // MARK: Orders

  private func obey(_ line: any NodeLine) async throws {
    while true {
      let batch = await orders.take()
      try Task.checkCancellation()
      var bytes: [UInt8] = []
      var acknowledged: UInt64 = 0
      var isLast = false
      for order in batch {
        switch order {
        case .run(let attempts):
          for attempt in attempts { outstanding[attempt.attempt] = attempt }
          let blobs = try await missing(for: attempts, line)
          for blob in blobs { try await send(blob, line) }
          for attempt in attempts { bytes += try Frame.encode(.run, json: attempt) }
        case .cancel(let cancel): bytes += try Frame.encode(.cancel, json: cancel)
        case .acknowledge(let number, let of) where of == epoch: acknowledged = max(acknowledged, number)
        case .acknowledge: continue
        case .ping: bytes += clock.ping()
        case .finish:
          bytes += Frame.encode(.bye, [])
          isLast = true
        }
      }
      if acknowledged > 0 {
        var payload: [UInt8] = []
        payload.append(littleEndian: acknowledged)
        bytes += Frame.encode(.acknowledge, payload)
      }
      if !bytes.isEmpty { try await line.write(bytes) }
      guard isLast else { continue }
      // The listener hears the agent let go. One that does not ends by its lease; nobody has to wait for that.
      try await Task.sleep(for: .seconds(5))
      throw Fault(.link, "\(node.name) did not say goodbye")
    }
  }

  /// The contents that the node lacks for these attempts.
  private func missing(for attempts: [AttemptOrder], _ line: any NodeLine) async throws -> [String] {
    var offer = Offer(blobs: [:])
    for file in attempts.flatMap(\.files) where !present.contains(file.hash) { offer.blobs[file.hash] = file.size }
    guard !offer.blobs.isEmpty else { return [] }
    _ = wants.takeNow()
    try await line.write(Frame.encode(.offer, json: offer))
    let answers = await wants.take()
    try Task.checkCancellation()
    present.formUnion(offer.blobs.keys)
    return answers.flatMap { $0.blobs.keys }.filter { offer.blobs[$0] != nil }.sorted()
  }

  private func send(_ hash: String, _ line: any NodeLine) async throws {
    guard let (path, size) = await source(hash), let name = bytes(hexadecimal: hash) else { return }
    var frames: [[UInt8]] = []
    var offset: Int64 = 0
    try Contents.eachChunk(of: path) { chunk in
      frames.append(Frame.encode(.blob, BlobPart(hash: name, offset: offset, bytes: chunk).payload))
      offset += Int64(chunk.count)
    }
    guard offset == size else {
      throw Fault(.system, "\(path) changed while the run uses it: it had \(size) bytes and has \(offset)")
    }
    for frame in frames { try await line.write(frame) }
  }
}

extension Fault {
  /// Whether the same thing may work a moment later.
  var isWorthAnotherTry: Bool { code == .link || code == .system }
}
