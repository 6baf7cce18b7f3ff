import CSpawn
import Glibc
import Model
import Wire

@testable import Agent

/// A coordinator as small as can be: one line to an agent, and all that came over it.
final class AgentClient {
  /// The bridge's process.
  let bridge: pid_t
  private(set) var welcome: Welcome?
  private(set) var refusal: Fault?
  /// The line ended.
  private(set) var isOver = false
  private(set) var events: [NodeEvent] = []
  private(set) var wants: [Offer] = []
  private(set) var pongs: [[UInt8]] = []
  /// The highest record that came.
  private(set) var received: UInt64 = 0
  /// Frames that should not have come.
  private(set) var oddities: [String] = []
  /// False: no heartbeats while it waits.
  var isBeating = true
  private var streams: [AttemptID: [UInt16: [UInt8]]] = [:]
  private var socket: Descriptor?
  private var scanner = MagicScanner()
  private var decoder = FrameDecoder()
  private var isGreeted = false
  private var run = "r1"
  private var isReborn = false

  init(base: String, idle: Double, environment: [String: String] = [:]) throws {
    var ends: [Int32] = [0, 0]
    guard sortie_local_pair(&ends) == 0 else { throw systemFault("socketpair", base) }
    socket = Descriptor(ends[0])
    let theirs = Descriptor(ends[1])
    let spec = ProcessSpec(
      argv: [AgentNode.executable, "attach", base, "--idle", "\(idle)"],
      environment: CaseEnvironment.ofProcess().merging(environment) { $1 },
      descriptors: [theirs.number, theirs.number, nil])
    do throws(SpawnFailure) {
      bridge = try Spawn.start(spec)
    } catch {
      throw Fault(.system, "\(AgentNode.executable) does not start: \(error.number)")
    }
  }

  // MARK: Speaking

  func send(_ bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count, let socket {
      let sent = bytes.withUnsafeBytes {
        sortie_send(socket.number, $0.baseAddress.map { $0 + offset }, $0.count - offset)
      }
      guard sent > 0 else { return }
      offset += sent
    }
  }

  func send(_ kind: Frame.Kind, _ message: some Encodable) throws { send(try Frame.encode(kind, json: message)) }

  /// The magic and the first word; the answer is awaited.
  func attach(_ run: String, _ change: (inout Attach) -> Void = { _ in }) throws {
    self.run = run
    var first = Attach(version: "test", run: RunID(rawValue: run), node: "n1", received: received, slots: 1)
    change(&first)
    send(Magic.bytes + (try Frame.encode(.attach, json: first)))
    try wait("a welcome") { $0.welcome != nil || $0.refusal != nil || $0.isOver }
    if let refusal { throw refusal }
  }

  /// Orders an attempt of the `exec` driver.
  @discardableResult
  func order(_ name: String, _ argv: [String], _ change: (inout AttemptOrder) -> Void = { _ in }) throws -> AttemptID {
    let attempt = AttemptID(rawValue: "\(run).\(name).1")
    var order = AttemptOrder(
      attempt: attempt, id: CaseID(rawValue: name), name: name, project: "p", tier: "t", unit: UnitID(rawValue: "u1"),
      fence: 1, run: RunSpec(driver: "exec", args: ["argv": .array(argv.map { .string($0) })]), timeout: 60, grace: 1)
    change(&order)
    try send(.run, order)
    return attempt
  }

  /// Orders a shell script.
  @discardableResult
  func script(_ name: String, _ text: String, _ change: (inout AttemptOrder) -> Void = { _ in }) throws -> AttemptID {
    try order(name, ["/bin/sh", "-c", text], change)
  }

  func acknowledge(_ number: UInt64) {
    var payload: [UInt8] = []
    payload.append(littleEndian: number)
    send(Frame.encode(.acknowledge, payload))
  }

  /// Goes there and back: the agent has carried out everything that was sent before.
  func roundTrip() throws {
    let count = pongs.count
    send(Frame.encode(.ping, [UInt8](repeating: UInt8(count & 255), count: 8)))
    try wait("a pong") { $0.pongs.count > count }
  }

  /// Cuts the line.
  func cut() { socket = nil }

  /// Cuts the line and ends the bridge.
  func close() {
    cut()
    kill(bridge, SIGKILL)
    while waitpid(bridge, nil, 0) < 0, errno == EINTR {}
  }

  // MARK: Listening

  /// What a stream holds so far.
  func bytes(_ attempt: AttemptID, stream: UInt16 = 0) -> [UInt8] { streams[attempt]?[stream] ?? [] }
  func text(_ attempt: AttemptID, stream: UInt16 = 0) -> String {
    String(decoding: bytes(attempt, stream: stream), as: UTF8.self)
  }

  func hasStarted(_ attempt: AttemptID) -> Bool {
    events.contains { if case .started(attempt, _) = $0 { true } else { false } }
  }

  /// Waits for an attempt's end.
  func outcome(_ attempt: AttemptID) throws -> Outcome {
    try wait("the end of \(attempt)") { $0.known(attempt) != nil }
    return try known(attempt) ?? { throw Fault(.notFound, "no end of \(attempt)") }()
  }

  /// All ends that came.
  func known(_ attempt: AttemptID) -> Outcome? {
    for case .finished(attempt, let outcome) in events { return outcome }
    return nil
  }

  /// What people were told.
  func notices(_ level: Activity.Notice.Level) -> [String] {
    events.compactMap { if case .notice(let notice) = $0, notice.level == level { notice.text } else { nil } }
  }

  /// The artifacts of an attempt: path, content, whether it was cut.
  func artifacts(_ attempt: AttemptID) -> [String: (text: String, isCut: Bool)] {
    var found: [String: (text: String, isCut: Bool)] = [:]
    for case .artifact(attempt, let stream, let path, let size, let isCut) in events {
      let content = bytes(attempt, stream: stream)
      if Int64(content.count) != size { oddities.append("\(path) has \(content.count) bytes instead of \(size)") }
      found[path] = (String(decoding: content, as: UTF8.self), isCut)
    }
    return found
  }

  /// Goes on where another line ended.
  func takeOver(_ other: AgentClient) {
    (received, events, streams, oddities) = (other.received, other.events, other.streams, other.oddities)
  }

  /// What it has of outputs, as a coordinator says it to an agent that may be new.
  var held: [HeldAttempt] { streams.map { HeldAttempt(attempt: $0.key, output: Int64($0.value[0]?.count ?? 0)) } }

  /// A new life of the agent begins to count anew; what came of the old one stays.
  func beginAnew() { (received, isReborn) = (0, true) }

  /// Forgets everything behind a record, as a coordinator that was killed does.
  func forget() { (received, events, streams) = (0, [], [:]) }

  /// Listens until something holds. Throws when that takes far too long, or the line ends before it.
  func wait(_ what: String, _ condition: (AgentClient) throws -> Bool) throws {
    let deadline = Clock.monotonic() + 30
    while try !condition(self) {
      guard !isOver, Clock.monotonic() < deadline else {
        throw Fault(
          .link, "\(isOver ? "the line ended before" : "no sign of") \(what); \(oddities) \(events.suffix(3))")
      }
      try listen()
    }
  }

  private func listen() throws {
    guard let socket else {
      isOver = true
      return
    }
    var interest = [pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)]
    waitReady(&interest, seconds: 1)
    guard interest[0].revents != 0 else {
      if isBeating { send(Frame.encode(.ping, [0])) }
      return
    }
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    let count = read(socket.number, &chunk, chunk.count)
    guard count > 0 else {
      isOver = true
      return
    }
    if isGreeted {
      decoder.push(chunk[..<count])
    } else if let rest = try scanner.push(chunk[..<count]) {
      isGreeted = true
      decoder.push(rest)
    }
    while let frame = try decoder.next() { try take(frame) }
  }

  private func take(_ frame: Frame) throws {
    switch frame.kind {
    case .welcome: welcome = try Payload.decode(Welcome.self, from: frame.payload)
    case .refused: refusal = try Payload.decode(Fault.self, from: frame.payload)
    case .want: wants.append(try Payload.decode(Offer.self, from: frame.payload))
    case .pong: pongs.append(Array(frame.payload))
    case .event:
      let (number, event) = try Frame.decodeEvent(frame.payload)
      if count(number) { events.append(event) }
    case .data:
      let (header, bytes) = try DataHeader.split(frame.payload)
      guard count(header.sequence) else { return }
      let size = streams[header.attempt]?[header.stream]?.count ?? 0
      // A new agent sends artifacts from their beginning once more.
      let known = isReborn ? max(0, min(size - Int(header.offset), bytes.count)) : 0
      if Int64(size) != header.offset + Int64(known) { oddities.append("\(header) after \(size) bytes") }
      streams[header.attempt, default: [:]][header.stream, default: []].append(contentsOf: bytes.dropFirst(known))
    default: oddities.append("frame \(frame.kind.rawValue)")
    }
  }

  private func count(_ number: UInt64) -> Bool {
    guard number > received else { return false }
    if number != received + 1 { oddities.append("record \(number) after \(received)") }
    received = number
    return true
  }
}
