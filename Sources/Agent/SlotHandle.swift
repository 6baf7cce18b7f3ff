import CSpawn
import Glibc
import Model
import Wire

/// The agent's side of a slot.
final class SlotHandle {
  /// The slot's number, from 0.
  let index: Int
  /// The socket to poll.
  let socket: Descriptor
  /// The slot's process.
  let process: pid_t
  /// What it runs; nil: it is free.
  var current: (run: RunID, attempt: AttemptID)?
  /// The run whose context it was told last.
  private var told: RunID?
  private var decoder = FrameDecoder()

  /// Starts a slot. Throws `.system`.
  init(index: Int, directory: WorkDirectory) throws(Fault) {
    var ends: [Int32] = [0, 0]
    guard sortie_local_pair(&ends) == 0 else {
      throw systemFault("socketpair", "slot \(index)")
    }
    socket = Descriptor(ends[0])
    let theirs = Descriptor(ends[1])
    self.index = index
    let spec = ProcessSpec(
      program: "/proc/self/exe", argv: ["sortie-agent", "slot", "\(index)", directory.path],
      environment: CaseEnvironment.ofProcess(),
      directory: directory.path, descriptors: [nil, nil, 2, theirs.number])
    do throws(SpawnFailure) {
      process = try Spawn.start(spec)
    } catch {
      throw Fault(.system, "slot \(index) did not start: \(String(cString: strerror(error.number)))")
    }
    _ = sortie_fcntl(socket.number, F_SETFL, Int(O_NONBLOCK))
  }

  /// Hands it an attempt. False: the slot is gone.
  func start(_ attempt: AttemptID, order: [UInt8], context: SlotContext) -> Bool {
    current = (context.run, attempt)
    var bytes: [UInt8] = []
    if told != context.run, let payload = try? Payload.encode(context) {
      bytes = Frame.encode(.slotContext, payload)
      told = context.run
    }
    bytes += Frame.encode(.slotRun, order)
    return write(bytes)
  }

  /// Asks it to end what it runs.
  func cancel(now: Bool) { _ = write(Frame.encode(.slotCancel, [now ? 1 : 0])) }

  /// Its context has changed: it is told anew with the next order.
  func forget(_ run: RunID) { if told == run { told = nil } }

  /// Reads what it says; nil: it is gone.
  func receive() -> [Frame]? {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = read(socket.number, &chunk, chunk.count)
    if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) { return nil }
    if count > 0 { decoder.push(chunk[..<count]) }
    var frames: [Frame] = []
    do throws(Fault) {
      while let frame = try decoder.next() { frames.append(frame) }
    } catch {
      return nil
    }
    return frames
  }

  // A free slot reads at once, and a busy one is only ever sent one byte: waiting for room is short.
  private func write(_ bytes: [UInt8]) -> Bool {
    var offset = 0
    while offset < bytes.count {
      let sent = bytes.withUnsafeBytes {
        sortie_send(socket.number, $0.baseAddress.map { $0 + offset }, $0.count - offset)
      }
      if sent >= 0 {
        offset += sent
      } else if errno == EAGAIN {
        var interest = [pollfd(fd: socket.number, events: Int16(POLLOUT), revents: 0)]
        waitReady(&interest, seconds: 5)
        if interest[0].revents == 0 { return false }
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
