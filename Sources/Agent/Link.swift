import CSpawn
import Glibc
import Model
import Wire

/// One coordinator's line: the bridge's stdin and stdout, handed over, so that bytes go straight to sshd. Never blocks.
final class Link {
  /// What arrives.
  let input: Descriptor
  /// What leaves.
  let output: Descriptor
  /// The run it serves, once it has said so.
  var run: RunID?
  /// When it was handed over, by a clock that runs through suspend.
  let began = Clock.boot()
  /// Set when the line is to be closed once everything is out.
  var isEnding = false
  // Held open as long as the line lives: the bridge on the other end goes when this closes.
  private let bridge: Descriptor
  private var decoder = FrameDecoder()
  private var greeted = 0
  private var buffer: [UInt8] = []
  private var start = 0
  private var urgent: [UInt8] = []
  private var transfer: Transfer?

  private struct Transfer {
    var file: Descriptor?
    var offset: off_t
    var left: Int
  }

  init(bridge: Descriptor, input: Descriptor, output: Descriptor) {
    self.bridge = bridge
    self.input = input
    self.output = output
    for end in [input, output] {
      let flags = sortie_fcntl(end.number, F_GETFL, 0)
      _ = sortie_fcntl(end.number, F_SETFL, Int(flags | O_NONBLOCK))
    }
    buffer = Magic.bytes
  }

  /// Reads what is there. Throws `.link` at the end of the line, `.wire` for nonsense.
  func receive() throws(Fault) -> [Frame] {
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    let count = read(input.number, &chunk, chunk.count)
    if count < 0 {
      if errno == EAGAIN || errno == EINTR { return [] }
      throw systemFault("read", "the link")
    }
    guard count > 0 else { throw Fault(.link, "the link ended") }
    var bytes = chunk[..<count]
    while greeted < Magic.bytes.count, let byte = bytes.first {
      guard byte == Magic.bytes[greeted] else { throw Fault(.wire, "whoever attached does not speak Sortie's wire") }
      greeted += 1
      bytes = bytes.dropFirst()
    }
    decoder.push(bytes)
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    return frames
  }

  /// Queues a frame ahead of all records.
  func send(urgent frame: [UInt8]) { urgent.append(contentsOf: frame) }

  /// Whether bytes wait for the line.
  var isWaiting: Bool { start < buffer.count || transfer != nil || !urgent.isEmpty }

  /// Writes until the line is full or `next` has nothing more. Throws `.link` when the line is gone.
  func flush(next: () -> (UInt64, Session.Record)?, path: (AttemptID, UInt16) -> String) throws(Fault) {
    while true {
      if start < buffer.count {
        guard try drainBuffer() else { return }
      } else if transfer != nil {
        guard try drainTransfer() else { return }
      } else {
        buffer = urgent
        start = 0
        urgent = []
        fill(next: next, path: path)
        if buffer.isEmpty { return }
      }
    }
  }

  /// Takes records until there are bytes enough for one write, or one that stands on disk.
  private func fill(next: () -> (UInt64, Session.Record)?, path: (AttemptID, UInt16) -> String) {
    while buffer.count < 64 << 10, transfer == nil, let (number, record) = next() {
      switch record {
      case .event(let event):
        Frame.appendHeader(.event, length: 8 + event.count, to: &buffer)
        buffer.append(littleEndian: number)
        buffer.append(contentsOf: event)
      case .data(let attempt, let stream, let offset, let length):
        let head = DataHeader(sequence: number, offset: offset, stream: stream, attempt: attempt).encoded
        Frame.appendHeader(.data, length: head.count + Int(length), to: &buffer)
        buffer.append(contentsOf: head)
        let file = sortie_open(path(attempt, stream), O_RDONLY | O_CLOEXEC | O_NOFOLLOW, 0)
        transfer = Transfer(
          file: file >= 0 ? Descriptor(file) : nil, offset: off_t(offset), left: Int(length))
      }
    }
  }

  private func drainBuffer() throws(Fault) -> Bool {
    let written = buffer.withUnsafeBytes { write(output.number, $0.baseAddress.map { $0 + start }, $0.count - start) }
    if written < 0 { return try blocked("write") }
    start += written
    return true
  }

  private func drainTransfer() throws(Fault) -> Bool {
    guard var current = transfer else { return true }
    defer { transfer = current.left > 0 ? current : nil }
    guard let file = current.file else {
      // The length is promised; a spool file that somebody took away reads as zeros.
      let zeros = [UInt8](repeating: 0, count: min(current.left, 64 << 10))
      let written = write(output.number, zeros, zeros.count)
      if written < 0 { return try blocked("write") }
      current.left -= written
      return true
    }
    let sent = sendfile(output.number, file.number, &current.offset, current.left)
    if sent < 0 { return try blocked("sendfile") }
    if sent == 0 { current.file = nil }
    current.left -= sent
    return true
  }

  private func blocked(_ call: String) throws(Fault) -> Bool {
    if errno == EAGAIN { return false }
    if errno == EINTR { return true }
    throw systemFault(call, "the link")
  }
}
