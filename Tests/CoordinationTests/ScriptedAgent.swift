import Coordination
import Model
import Synchronization
import Wire

/// The far end of a node, in this process: speaks the real wire, and does with its orders what a script says. It acts
/// only when it is spoken to, so that nothing depends on time.
final class ScriptedAgent: Sendable {
  /// How an attach is answered.
  enum Greeting: Sendable {
    case welcome
    /// The line cannot be had.
    case unreachable(Fault)
    /// The line is up, and nothing ever comes.
    case silence
    case refuse(Fault)
    /// These bytes, then the end.
    case bytes([UInt8])
    /// These bytes before the welcome.
    case noise([UInt8])
  }

  struct Script: Sendable {
    /// How the nth attach is answered, from 1.
    var greet: @Sendable (_ nth: Int) -> Greeting = { _ in .welcome }
    /// What an attempt does.
    var run: @Sendable (AttemptOrder, ScriptedAgent) -> Void = { order, agent in agent.play(order) }
    /// What a cancel does.
    var cancel: @Sendable (Cancel, ScriptedAgent) -> Void = { cancel, agent in agent.endAll(cancel) }
    /// The line ends in the middle of the nth record that is sent, counted over all lines.
    var cuts: Set<Int> = []
    /// After a cut another agent answers, which knows nothing.
    var forgets = false
    /// The answer to an offer; nil: none.
    var want: @Sendable (Offer) -> Offer? = { $0 }
    /// Hears of each offer, before it is answered.
    var offered: @Sendable (ScriptedAgent) -> Void = { _ in }
    /// Hears of each part of a content: its hash.
    var received: @Sendable (String, ScriptedAgent) -> Void = { _, _ in }
    /// The node's clock minus ours, in seconds.
    var clockAhead = 0.0
    /// The node cannot be reached before this is closed.
    var gate: Mailbox<Void>?
    var slots = 2
    /// Hears of each acknowledgement: the number.
    var acknowledged: @Sendable (UInt64, ScriptedAgent) -> Void = { _, _ in }
  }

  private struct State {
    var script: Script
    var life = 1
    var attaches = 0
    var sequence: UInt64 = 0
    var records: [(number: UInt64, frame: [UInt8])] = []
    var sent = 0
    var held: [AttemptID: AttemptOrder] = [:]
    var lengths: [AttemptID: Int64] = [:]
    var line: ScriptedLine?
    var isWelcome = false
    var isMute = false
    var decoder = FrameDecoder()
    var scanner: MagicScanner? = MagicScanner()
    var seen = Seen()
  }

  /// What has come down.
  struct Seen: Sendable {
    var greetings: [Attach] = []
    var orders: [AttemptOrder] = []
    var cancels: [Cancel] = []
    var offers: [Offer] = []
    var blobs: [String: [UInt8]] = [:]
    var acknowledged: [UInt64] = []
    var byes = 0
    var finished: [(sequence: UInt64, attempt: AttemptID)] = []
    var lines: [ScriptedLine] = []
  }

  let name: String
  private let state: Mutex<State>

  /// A node that answers properly, once the gate is closed.
  static func behind(_ gate: Mailbox<Void>, _ name: String) -> ScriptedAgent {
    var script = Script()
    script.gate = gate
    return ScriptedAgent(name, script)
  }

  init(_ name: String, _ script: Script = Script()) {
    self.name = name
    state = Mutex(State(script: script))
  }

  var seen: Seen { state.withLock { $0.seen } }
  var script: Script { state.withLock { $0.script } }

  // MARK: What a script may do

  /// Starts, prints its own name twice, passes.
  func play(
    _ order: AttemptOrder, _ verdict: Verdict = .pass, reason: String? = nil, output: [String]? = nil
  ) {
    start(order)
    // What another agent has taken the place of does nothing more.
    for text in output ?? ScriptedAgent.output(of: order.attempt) where holds(order.attempt) {
      print(order.attempt, Array(text.utf8))
    }
    if holds(order.attempt) { finish(order.attempt, verdict, reason: reason) }
  }

  private func holds(_ attempt: AttemptID) -> Bool { state.withLock { $0.held[attempt] != nil } }

  static func output(of attempt: AttemptID) -> [String] { ["begin \(attempt)\n", "end of \(attempt) without newline"] }

  func start(_ order: AttemptOrder, at time: Timestamp? = nil) {
    emit(.started(order.attempt, began: time ?? clock))
  }

  func print(_ attempt: AttemptID, _ bytes: [UInt8], stream: UInt16 = 0, at offset: Int64? = nil) {
    state.withLock { state in
      let place = offset ?? (stream == 0 ? state.lengths[attempt] ?? 0 : 0)
      if stream == 0, offset == nil { state.lengths[attempt] = place + Int64(bytes.count) }
      state.sequence += 1
      let header = DataHeader(sequence: state.sequence, offset: place, stream: stream, attempt: attempt)
      send(Frame.encode(.data, header.encoded + bytes), &state)
    }
  }

  func finish(_ attempt: AttemptID, _ verdict: Verdict, reason: String? = nil, at time: Timestamp? = nil) {
    let now = time ?? clock
    state.withLock { state in state.seen.finished.append((state.sequence + 1, attempt)) }
    emit(.finished(attempt, Outcome(verdict: verdict, reason: reason, started: now, stopped: now, duration: 0.01)))
  }

  func emit(_ event: NodeEvent) {
    state.withLock { state in
      state.sequence += 1
      if let frame = try? Frame.encode(event, sequence: state.sequence) { send(frame, &state) }
    }
  }

  /// Sends bytes that are no record.
  func sendRaw(_ bytes: [UInt8]) { state.withLock { if !$0.isMute { $0.line?.up.post(bytes) } } }

  /// Says nothing more, over any line.
  func mute() { state.withLock { $0.isMute = true } }

  /// Loses a content, whole or in part.
  func forget(_ hash: String) { state.withLock { $0.seen.blobs[hash] = nil } }

  /// Ends the line; the agent lives on, or, if it forgets, another one takes its place.
  func cut(forgets: Bool = false) { state.withLock { cut(&$0, forgets: forgets) } }

  /// Ends what a cancel names, in the order in which it came.
  func endAll(_ cancel: Cancel, reason: String = "cancelled") {
    let held = state.withLock { Array($0.held.keys) }.sorted { $0.rawValue < $1.rawValue }
    for attempt in held where cancel.attempts?.contains(attempt) ?? true {
      finish(attempt, .error, reason: reason)
    }
  }

  var clock: Timestamp { wall().advanced(bySeconds: script.clockAhead) }

  // MARK: The line

  func connect() async throws -> any NodeLine {
    _ = await script.gate?.take()
    let (greeting, line) = state.withLock { state in
      state.attaches += 1
      state.decoder = FrameDecoder()
      state.scanner = MagicScanner()
      state.isWelcome = false
      let line = ScriptedLine(agent: self)
      state.line = line
      state.seen.lines.append(line)
      return (state.script.greet(state.attaches), line)
    }
    if case .unreachable(let fault) = greeting { throw fault }
    return line
  }

  fileprivate func receive(_ bytes: [UInt8], over line: ScriptedLine) {
    let frames = state.withLock { state -> [Frame] in
      guard state.line === line else { return [] }
      var rest = bytes
      if state.scanner != nil {
        guard let behind = try? state.scanner?.push(bytes) else { return [] }
        state.scanner = nil
        rest = behind
      }
      state.decoder.push(rest)
      var frames: [Frame] = []
      while let frame = try? state.decoder.next() { frames.append(frame) }
      return frames
    }
    for frame in frames where !line.isDead.load(ordering: .relaxed) { obey(frame) }
  }

  private func obey(_ frame: Frame) {
    let script = self.script
    switch frame.kind {
    case .attach:
      if let attach = try? Payload.decode(Attach.self, from: frame.payload) { greet(attach, script) }
    case .ping:
      var pong = Array(frame.payload)
      pong.append(littleEndian: clock.nanoseconds)
      sendRaw(Frame.encode(.pong, pong))
    case .offer:
      guard let offer = try? Payload.decode(Offer.self, from: frame.payload) else { return }
      state.withLock { $0.seen.offers.append(offer) }
      script.offered(self)
      if let want = script.want(offer), let bytes = try? Frame.encode(.want, json: want) { sendRaw(bytes) }
    case .blob:
      guard let part = try? BlobPart(payload: frame.payload) else { return }
      let hash = hexadecimal(part.hash)
      state.withLock { state in
        if part.offset == 0 { state.seen.blobs[hash] = [] }
        state.seen.blobs[hash, default: []] += part.bytes
      }
      script.received(hash, self)
    case .run:
      guard let order = try? Payload.decode(AttemptOrder.self, from: frame.payload) else { return }
      state.withLock { state in
        state.seen.orders.append(order)
        state.held[order.attempt] = order
      }
      script.run(order, self)
    case .cancel:
      guard let cancel = try? Payload.decode(Cancel.self, from: frame.payload) else { return }
      state.withLock { $0.seen.cancels.append(cancel) }
      script.cancel(cancel, self)
    case .acknowledge:
      let number = UInt64(littleEndian: frame.payload)
      state.withLock { state in
        state.seen.acknowledged.append(number)
        release(number, &state)
      }
      script.acknowledged(number, self)
    case .bye:
      state.withLock { state in
        state.seen.byes += 1
        state.line?.up.close()
      }
    default: break
    }
  }

  private func greet(_ attach: Attach, _ script: Script) {
    state.withLock { state in
      state.seen.greetings.append(attach)
      guard !state.isMute else { return }
      switch script.greet(state.attaches) {
      case .silence, .unreachable: return
      case .refuse(let fault):
        let refusal = (try? Frame.encode(.refused, json: fault)) ?? []
        state.line?.up.post(Magic.bytes + refusal)
        state.line?.up.close()
      case .bytes(let bytes):
        state.line?.up.post(bytes)
        state.line?.up.close()
      case .noise(let bytes): welcome(attach, after: bytes, &state)
      case .welcome: welcome(attach, after: [], &state)
      }
    }
  }

  private func welcome(_ attach: Attach, after noise: [UInt8], _ state: inout State) {
    release(attach.received, &state)
    let welcome = Welcome(
      wire: 1, version: "scripted", life: "life \(state.life)",
      facts: NodeFacts(machine: name, slots: attach.slots ?? state.script.slots), sequence: state.sequence,
      attempts: state.held.keys.sorted { $0.rawValue < $1.rawValue }, time: wall())
    guard let bytes = try? Frame.encode(.welcome, json: welcome) else { return }
    state.line?.up.post(noise + Magic.bytes + bytes)
    state.isWelcome = true
    let again = state.records.map(\.frame)
    for frame in again where state.isWelcome { transmit(frame, &state) }
  }

  private func release(_ number: UInt64, _ state: inout State) {
    state.records.removeAll { $0.number <= number }
    for (sequence, attempt) in state.seen.finished where sequence <= number { state.held[attempt] = nil }
  }

  private func send(_ frame: [UInt8], _ state: inout State) {
    state.records.append((state.sequence, frame))
    if state.isWelcome, !state.isMute { transmit(frame, &state) }
  }

  private func transmit(_ frame: [UInt8], _ state: inout State) {
    state.sent += 1
    guard state.script.cuts.contains(state.sent) else {
      state.line?.up.post(frame)
      return
    }
    state.line?.up.post(Array(frame[..<(frame.count / 2)]))
    cut(&state, forgets: state.script.forgets)
  }

  private func cut(_ state: inout State, forgets: Bool) {
    state.line?.isDead.store(true, ordering: .relaxed)
    state.line?.up.close()
    state.isWelcome = false
    guard forgets else { return }
    state.life += 1
    state.sequence = 0
    state.records = []
    state.held = [:]
    state.lengths = [:]
    state.seen.finished = []
  }
}

/// One line to a scripted agent.
final class ScriptedLine: NodeLine, Sendable {
  let agent: ScriptedAgent
  let up = Mailbox<[UInt8]>()
  fileprivate let isDead = Atomic(false)
  private let isClosed = Atomic(false)

  /// Whether the near end let go of it.
  var wasClosed: Bool { isClosed.load(ordering: .relaxed) }

  init(agent: ScriptedAgent) { self.agent = agent }

  func read() async throws -> [UInt8]? {
    let parts = await up.take()
    try Task.checkCancellation()
    return parts.isEmpty ? nil : Array(parts.joined())
  }

  func write(_ bytes: [UInt8]) async throws {
    guard !isDead.load(ordering: .relaxed), !wasClosed else {
      throw Fault(.link, "the scripted line is dead")
    }
    agent.receive(bytes, over: self)
  }

  func complaint() async -> String { "" }
  func close() async { isClosed.store(true, ordering: .relaxed) }
}
