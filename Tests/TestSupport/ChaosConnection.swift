import Glibc
import Synchronization

/// One connection through a proxy. Lives on the proxy's thread only.
final class ChaosConnection {
  private let client: CInt
  /// Nil: the proxy answers by itself.
  private let server: CInt?
  private var up = ChaosPipe()
  private var down = ChaosPipe()
  /// The end of what the client has sent, where a text may begin.
  private var recent: [UInt8] = []
  private var isAwaitingCut = false
  private var isAnswered = false
  private(set) var isOver = false

  init(_ client: CInt, server: CInt?) {
    self.client = client
    self.server = server
  }

  func cut(after bytes: Int, _ direction: ChaosProxy.Direction) {
    if direction == .up { up.left = bytes } else { down.left = bytes }
  }

  func close(_ how: ChaosProxy.Cut) {
    isOver = true
    for socket in [client, server].compactMap({ $0 }) {
      if how == .reset { Loopback.reset(socket) } else { Glibc.close(socket) }
    }
  }

  /// When bytes that wait may pass; nil: they wait for their socket, or for better weather.
  func due(_ weather: ChaosProxy.Weather, after now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    let times = [weather.up == .held ? nil : up.due, weather.down == .held ? nil : down.due].compactMap { $0 }
    return times.filter { $0 > now }.min()
  }

  /// What it waits for. A socket that nothing is wanted of is left out: it would report its end again and again.
  func interests(_ weather: ChaosProxy.Weather, at now: ContinuousClock.Instant) -> [pollfd] {
    func interest(_ socket: CInt, reads: Bool, writes: Bool) -> pollfd? {
      guard reads || writes else { return nil }
      return pollfd(fd: socket, events: Int16((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), revents: 0)
    }
    func isDue(_ pipe: ChaosPipe) -> Bool { pipe.due.map { $0 <= now } ?? false }
    let (isUp, isDown) = (weather.up != .held, weather.down != .held)
    guard let server else { return [interest(client, reads: up.wantsToRead, writes: false)].compactMap { $0 } }
    return [
      interest(client, reads: isUp && up.wantsToRead, writes: isDown && isDue(down)),
      interest(server, reads: isDown && down.wantsToRead, writes: isUp && isDue(up)),
    ].compactMap { $0 }
  }

  /// Reads what is there and passes what may pass.
  func move(_ weather: ChaosProxy.Weather, _ shared: ChaosState) {
    guard let server else { return answer(weather, shared) }
    if weather.up != .held { carry(&up, from: client, to: server, .up, weather, shared) }
    if !isOver, weather.down != .held { carry(&down, from: server, to: client, .down, weather, shared) }
    if isOver { return }
    if up.isSpent || down.isSpent {
      shared.state.withLock { $0.counts.cut += 1 }
      close(.reset)
    } else if up.isDone, down.isDone {
      close(.end)
    }
  }

  private func carry(
    _ pipe: inout ChaosPipe, from source: CInt, to target: CInt, _ direction: ChaosProxy.Direction,
    _ weather: ChaosProxy.Weather, _ shared: ChaosState
  ) {
    if (direction == .up ? weather.up : weather.down) == .swallowed { pipe.lose() }
    var isBroken = false
    if pipe.wantsToRead {
      switch pipe.take(from: source) {
      case .nothing: break
      case .broken:
        // Beyond a hole nobody hears of a reset.
        if pipe.isLost { pipe.end() } else { isBroken = true }
      case .bytes(let bytes):
        if pipe.isLost {
          shared.state.withLock { $0.counts.swallowed += bytes.count }
        } else if direction == .down, isAwaitingCut {
          shared.state.withLock { state in
            state.counts.swallowed += bytes.count
            state.counts.cut += 1
          }
          return close(.reset)
        } else {
          if direction == .up { look(for: weather.unanswered?.text, in: bytes, shared) }
          pipe.add(bytes, delay: weather.delay)
        }
      }
    }
    guard !isBroken, let passed = pipe.pass(to: target) else { return close(.reset) }
    guard passed > 0 else { return }
    shared.state.withLock { state in
      if direction == .up { state.counts.up += passed } else { state.counts.down += passed }
    }
  }

  private func look(for text: String?, in bytes: [UInt8], _ shared: ChaosState) {
    guard let text, !isAwaitingCut else { return }
    recent += bytes
    if recent.contains(text.utf8) {
      isAwaitingCut = shared.state.withLock { state in
        guard let left = state.weather.unanswered?.times, left > 0 else { return false }
        state.weather.unanswered?.times = left - 1
        return true
      }
      recent = []
    }
    recent = recent.suffix(text.utf8.count - 1)
  }

  /// Answers the request by itself, and takes whatever follows until the client goes.
  private func answer(_ weather: ChaosProxy.Weather, _ shared: ChaosState) {
    switch up.take(from: client) {
    case .broken: return close(.reset)
    case .nothing: if up.isEnded { close(.end) }
    case .bytes(let bytes):
      recent += bytes
      guard !isAnswered, recent.contains("\r\n\r\n".utf8), let answer = weather.answer else { return }
      isAnswered = true
      down.add(Array(answer.utf8), delay: .zero)
      _ = down.pass(to: client)
      shared.state.withLock { $0.counts.answered += 1 }
    }
  }
}
