import Model
import Wire

/// The agent's end of a line.
final class AgentLink {
  private let line: Line
  private let owner: Owner
  private var decoder = FrameDecoder()
  private var greeted = 0
  /// The run it serves, once it has said so.
  var run: RunID?

  init(_ line: Line, of owner: Owner, _ hear: @escaping (AgentLink, Pipe.Piece) -> Void) {
    self.line = line
    self.owner = owner
    line.up.send(.bytes(Magic.bytes))
    line.down.receive(owner) { [unowned self] piece in hear(self, piece) }
  }

  /// The frames that a piece completes. Throws `.wire` for nonsense.
  func frames(in bytes: [UInt8]) throws(Fault) -> [Frame] {
    var rest = bytes[...]
    while greeted < Magic.bytes.count, let byte = rest.popFirst() {
      guard byte == Magic.bytes[greeted] else { throw Fault(.wire, "no magic") }
      greeted += 1
    }
    decoder.push(rest)
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(Frame(frame.kind, Array(frame.payload)[...])) }
    return frames
  }

  func send(_ frame: [UInt8]) {
    if owner.isAlive { line.up.send(.bytes(frame)) }
  }

  func close() {
    if owner.isAlive { line.closeLowerEnd() }
  }

  /// The kernel closes it: its holder is dead, the machine is not.
  func hangUp() { line.closeLowerEnd() }
}
