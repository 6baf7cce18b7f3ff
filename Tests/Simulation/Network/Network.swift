/// What lies between the coordinator and one node.
final class Network {
  /// What comes over it.
  enum Direction { case down, up }

  private let agenda: Agenda
  private let chance: Chance
  /// Seconds that bytes take, at least and at most.
  var latency = 0.0005...0.02
  /// Lines break, and none can be made.
  private(set) var isCut = false
  /// Bytes of these directions get stuck, and nobody is told.
  private(set) var blocked: Set<Direction> = []
  private var lines: [Line] = []

  init(_ agenda: Agenda, _ chance: Chance) {
    self.agenda = agenda
    self.chance = chance
  }

  /// Seconds that something takes now.
  var delay: Double { chance.between(latency.lowerBound, latency.upperBound) }

  /// A new line; its ends are set by those who hold them.
  func makeLine() -> Line {
    lines.removeAll { $0.isOver }
    let line = Line(down: Pipe(.down, self, agenda), up: Pipe(.up, self, agenda))
    lines.append(line)
    return line
  }

  /// Everything that is on its way is lost, and both ends learn it.
  func cut() {
    isCut = true
    reset()
  }

  /// The lines break, and new ones can be made.
  func reset() {
    for line in lines { line.reset() }
    lines = []
  }

  /// Bytes get stuck.
  func block(_ directions: Set<Direction>) { blocked.formUnion(directions) }

  /// All is well again; what was stuck arrives.
  func heal() {
    isCut = false
    blocked = []
    for line in lines {
      line.down.resume()
      line.up.resume()
    }
  }
}

/// A byte stream both ways.
final class Line {
  let down: Pipe
  let up: Pipe

  init(down: Pipe, up: Pipe) {
    self.down = down
    self.up = up
  }

  /// Nothing can come over it any more.
  var isOver: Bool { down.isOver && up.isOver }

  /// The coordinator's end is closed, by its holder or by the kernel; what was written before still arrives.
  func closeUpperEnd() {
    down.send(.end)
    up.abandon()
  }

  /// As ``closeUpperEnd()``, by the node.
  func closeLowerEnd() {
    up.send(.end)
    down.abandon()
  }

  fileprivate func reset() {
    down.reset()
    up.reset()
  }
}

/// One direction of a line: in order, and nothing twice.
final class Pipe {
  /// What travels.
  enum Piece {
    case bytes([UInt8])
    case end
  }

  private let direction: Network.Direction
  private let network: Network
  private let agenda: Agenda
  private var waiting: [Piece] = []
  private var stuck = 0
  private var latest = 0.0
  private var isAbandoned = false
  private var hasEnded = false
  /// Who gets what arrives, and its owner.
  private var receiver: ((Piece) -> Void)?
  private var owner: Owner?

  init(_ direction: Network.Direction, _ network: Network, _ agenda: Agenda) {
    self.direction = direction
    self.network = network
    self.agenda = agenda
  }

  var isOver: Bool { hasEnded || isAbandoned }

  func receive(_ owner: Owner, _ receiver: @escaping (Piece) -> Void) {
    self.owner = owner
    self.receiver = receiver
  }

  /// Sends a piece on its way.
  func send(_ piece: Piece) {
    guard !hasEnded, !isAbandoned else { return }
    if case .end = piece { hasEnded = true }
    waiting.append(piece)
    latest = max(latest + 1e-6, agenda.now + network.delay)
    agenda.after(latest - agenda.now) { self.arrive() }
  }

  /// Nobody receives any more.
  func abandon() {
    isAbandoned = true
    receiver = nil
    waiting = []
  }

  /// What is on its way is lost.
  func reset() {
    guard !isAbandoned else { return }
    waiting = []
    stuck = 0
    hasEnded = false
    send(.end)
  }

  /// What was stuck arrives.
  func resume() {
    let count = stuck
    stuck = 0
    for _ in 0..<count { agenda.after(network.delay) { self.arrive() } }
  }

  private func arrive() {
    guard !waiting.isEmpty else { return }
    if network.blocked.contains(direction), !network.isCut {
      stuck += 1
      return
    }
    let piece = waiting.removeFirst()
    guard let owner else { return }
    agenda.after(0, owner) { [weak self] in self?.receiver?(piece) }
  }
}
