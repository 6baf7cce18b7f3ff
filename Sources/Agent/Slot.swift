import CSpawn
import Glibc
import Model
import Wire

/// A slot: a small long-lived child of the agent that runs one attempt at a time and is the subreaper of whatever that
/// attempt starts. When the agent goes away, it ends what it runs and goes, too.
enum Slot {
  /// The descriptor of the socket pair's end.
  static let socket: Int32 = 3

  /// Runs until the agent is gone. Returns the exit status.
  static func run(index: Int, directory: WorkDirectory) -> Int32 {
    do throws(Fault) {
      try Descendants.adopt()
      // Waits for a predecessor that is still ending what it ran.
      let lock = sortie_open(directory.slotLock(index), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard lock >= 0 else { throw systemFault("open", directory.slotLock(index)) }
      while flock(lock, LOCK_EX) != 0 {
        guard errno == EINTR else { throw systemFault("flock", directory.slotLock(index)) }
      }
      try SlotControl(directory: directory, folder: SlotFolder(path: directory.slot(index))).serve()
      return 0
    } catch {
      try? writeAll(Array("slot \(index): \(error)\n".utf8), to: 2, "stderr")
      return 1
    }
  }
}

/// The slot's side of its socket pair.
final class SlotControl {
  /// The socket to poll.
  let socket = Slot.socket
  /// Readable when a child has changed.
  let children: Int32
  /// Where the node's files are.
  let directory: WorkDirectory
  private let folder: SlotFolder
  /// The environment that the agent was started with.
  let environment = CaseEnvironment.ofProcess()
  private var decoder = FrameDecoder()
  private var context: SlotContext?
  private var isOrphan = false
  // A short case's start and end travel together: one switch to the agent instead of two.
  private var held: [UInt8] = []

  init(directory: WorkDirectory, folder: SlotFolder) throws(Fault) {
    self.directory = directory
    self.folder = folder
    children = sortie_child_signals()
    guard children >= 0 else { throw systemFault("signalfd", "SIGCHLD") }
  }

  /// Takes orders until the agent is gone.
  func serve() throws(Fault) {
    while let frame = try nextFrame() {
      switch frame.kind {
      case .slotContext: context = try Payload.decode(SlotContext.self, from: frame.payload)
      case .slotRun:
        let order = try Payload.decode(AttemptOrder.self, from: frame.payload)
        guard let context else { throw Fault(.wire, "an order came before its context") }
        Attempt(order: order, context: context, folder: folder, control: self).run()
      default: continue
      }
    }
  }

  /// Passes an event on; it may be held back until ``flush()``.
  func send(_ event: NodeEvent) {
    guard let bytes = try? Payload.encode(event) else { return }
    hold(.slotEvent, bytes)
  }

  /// Says how large the output is now.
  func grew(_ size: Int64) {
    var payload: [UInt8] = []
    payload.append(littleEndian: size)
    hold(.slotGrew, payload)
    flush()
  }

  /// Says that a file stands whole on the disk.
  func kept(_ attempt: AttemptID, stream: UInt16, path: String, size: Int64, isCut: Bool) {
    let event = NodeEvent.artifact(attempt, stream: stream, path: path, size: size, isCut: isCut)
    guard let bytes = try? Payload.encode(event) else { return }
    var payload: [UInt8] = []
    payload.append(littleEndian: stream)
    payload.append(littleEndian: size)
    hold(.slotKept, payload + bytes)
  }

  /// Says that the disk cannot be written.
  func refused(_ fault: Fault) { hold(.slotRefused, Array(fault.description.utf8.prefix(4096))) }

  /// Reports the end.
  func finish(_ attempt: AttemptID, _ outcome: Outcome) {
    var outcome = outcome
    var bytes = try? Payload.encode(NodeEvent.finished(attempt, outcome))
    // Details come from the case and may be huge, or hold what JSON does not have; the verdict counts without them.
    if bytes.map({ $0.count > Frame.payloadLimit - 64 }) ?? true {
      outcome.details = nil
      outcome.result = outcome.result.flatMap { $0.isFinite ? $0 : nil }
      outcome.reason = (outcome.reason.map { $0 + "; " } ?? "") + "its details could not be kept"
      bytes = try? Payload.encode(NodeEvent.finished(attempt, outcome))
    }
    hold(.slotFinished, bytes ?? [])
    flush()
  }

  /// Looks at orders that came while an attempt runs: true or false for a cancellation (true: at once), nil for none.
  /// A vanished agent is a cancellation, too.
  func cancelled() -> Bool? {
    if isOrphan { return true }
    do throws(Fault) {
      guard try fill() else {
        isOrphan = true
        return true
      }
      return try nextCancellation()
    } catch {
      isOrphan = true
      return true
    }
  }

  /// A cancellation that came together with its order, as ``cancelled()`` says it.
  func cancelledAlready() -> Bool? {
    do throws(Fault) {
      return try nextCancellation()
    } catch {
      isOrphan = true
      return true
    }
  }

  private func nextCancellation() throws(Fault) -> Bool? {
    while let frame = try decoder.next() {
      if frame.kind == .slotCancel { return frame.payload.first == 1 }
    }
    return nil
  }

  /// Empties the signalfd.
  func clearChildSignal() {
    var buffer = [UInt8](repeating: 0, count: 1024)
    _ = read(children, &buffer, buffer.count)
  }

  private func nextFrame() throws(Fault) -> Frame? {
    while true {
      // A cancellation that came too late for its attempt is passed over by `serve`.
      if let frame = try decoder.next() { return frame }
      if isOrphan { return nil }
      guard try fill() else { return nil }
    }
  }

  private func fill() throws(Fault) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = read(socket, &chunk, chunk.count)
      if count > 0 {
        decoder.push(chunk[..<count])
        return true
      }
      if count == 0 { return false }
      if errno != EINTR { throw systemFault("read", "the agent's socket") }
    }
  }

  /// Hands over what has been held back.
  func flush() {
    guard !held.isEmpty else { return }
    do throws(Fault) {
      try writeAll(held, to: socket, "the agent's socket")
    } catch {
      isOrphan = true
    }
    held.removeAll(keepingCapacity: true)
  }

  private func hold(_ kind: Frame.Kind, _ payload: [UInt8]) { held += Frame.encode(kind, payload) }
}
