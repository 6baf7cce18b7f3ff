import CSpawn
import Glibc
import Synchronization

/// The thread of a proxy: waits for sockets, and does to their bytes what the weather wants.
struct ChaosLoop {
  private let listener: CInt
  private let server: Int
  private let shared: ChaosState
  private var connections: [ChaosConnection] = []
  private var weather = ChaosProxy.Weather()

  init(_ listener: CInt, to server: Int, _ shared: ChaosState) {
    self.listener = listener
    self.server = server
    self.shared = shared
  }

  consuming func run() {
    while obey() {
      wait()
      accept()
      for connection in connections { connection.move(weather, shared) }
      drop { $0.isOver }
      shared.answerWaiters()
    }
    for connection in connections { connection.close(.reset) }
    close(listener)
  }

  /// Takes the test's wishes in; false: it wants the end.
  private mutating func obey() -> Bool {
    let (cut, isStopped) = shared.state.withLock { state in
      weather = state.weather
      defer { state.cut = nil }
      return (state.cut, state.isStopped)
    }
    if let cut {
      let count = connections.count
      shared.state.withLock { $0.counts.cut += count }
      for connection in connections { connection.close(cut) }
      drop { _ in true }
    }
    return !isStopped
  }

  private mutating func wait() {
    var interests = [
      pollfd(fd: shared.bell, events: Int16(POLLIN), revents: 0),
      pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
    ]
    let now = ContinuousClock.now
    var wakes = shared.state.withLock { $0.waiters.map(\.limit).min() }
    for connection in connections {
      interests += connection.interests(weather, at: now)
      if let due = connection.due(weather, after: now) { wakes = min(wakes ?? due, due) }
    }
    var patience: CInt = -1
    if let wakes { patience = CInt(clamping: Int64(max(0, (wakes - now) / .milliseconds(1)) + 1)) }
    poll(&interests, nfds_t(interests.count), patience)
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(shared.bell, &bytes, bytes.count) > 0 {}
  }

  private mutating func accept() {
    while let client = Loopback.accept(listener) {
      shared.state.withLock { $0.counts.opened += 1 }
      guard weather.answer == nil else {
        connections.append(ChaosConnection(client, server: nil))
        continue
      }
      guard let server = Loopback.connect(to: server) else {
        Loopback.reset(client)
        continue
      }
      let connection = ChaosConnection(client, server: server)
      let cut = shared.state.withLock { $0.weather.cuts.isEmpty ? nil : $0.weather.cuts.removeFirst() }
      if let cut { connection.cut(after: cut.bytes, cut.direction) }
      connections.append(connection)
    }
    let count = connections.count
    shared.state.withLock { $0.counts.open = count }
  }

  private mutating func drop(_ isDropped: (ChaosConnection) -> Bool) {
    connections.removeAll(where: isDropped)
    let count = connections.count
    shared.state.withLock { $0.counts.open = count }
  }
}
