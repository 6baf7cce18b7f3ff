import Dialects
import FoundationEssentials
import Model
import Publishing
import Synchronization
import Testing

/// A process that puts results into the outbox and delivers them is killed between any two steps, again and again. What
/// it does after its death has no effect: the disk is as it was at that instant, and the server hears nothing more of
/// it.
@Suite(.timeLimit(.minutes(1))) struct CrashTests {
  private static let count = 5
  /// The server never wants this one.
  private static let unwanted = attempt(2)

  /// A server that stores or not, answers or not, and is down at times.
  private final class Server: Sendable {
    struct State {
      var luck: SplitMix
      var stored: [AttemptID: Int] = [:]
      /// Requests that were given up and still land, at a time.
      var late: [(AttemptID, Double)] = []
      var landedLate: [AttemptID: Int] = [:]
      var exchanges = 0
    }
    let isIdempotent: Bool
    let isLate: Bool
    let state: Mutex<State>

    init(seed: Int, isIdempotent: Bool, isLate: Bool) {
      self.isIdempotent = isIdempotent
      self.isLate = isLate
      state = Mutex(State(luck: SplitMix(state: UInt64(seed))))
    }

    func send(_ id: AttemptID, at now: Double) -> SendResult {
      state.withLock { state in
        land(&state, by: now)
        if id == unwanted { return .refused(reason: "403 no") }
        state.exchanges += 1
        switch state.exchanges > 60 ? 0 : Int.random(in: 0..<9, using: &state.luck) {
        case 0...2: break
        case 3:
          store(id, &state)
          return .ambiguous(reason: "cut after storing")
        case 4: return .ambiguous(reason: "cut before storing")
        case 5:
          store(id, &state)
          return .failed(reason: "500 after storing")
        case 6: return .failed(reason: "500")
        case 7:
          state.late.append((id, now + Double.random(in: 0..<(isLate ? 40 : 9), using: &state.luck)))
          return .ambiguous(reason: "timed out")
        default: return .unavailable(reason: "down")
        }
        store(id, &state)
        return .delivered(link: "l")
      }
    }

    func ask(_ id: AttemptID, at now: Double) -> AskResult {
      state.withLock { state in
        land(&state, by: now)
        return state.stored[id] == nil ? .absent : .found(link: "l")
      }
    }

    func settle() { state.withLock { land(&$0, by: .infinity) } }

    private func store(_ id: AttemptID, _ state: inout State) {
      state.stored[id] = isIdempotent ? 1 : (state.stored[id] ?? 0) + 1
    }

    private func land(_ state: inout State, by now: Double) {
      for (id, time) in state.late where time <= now {
        if state.stored[id] != nil { state.landedLate[id, default: 0] += 1 }
        store(id, &state)
      }
      state.late.removeAll { $0.1 <= now }
    }
  }

  /// One process, until it dies.
  private final class Life: ResultClient, Sendable {
    let server: Server
    let time: VirtualTime
    private let asks: Bool
    private let path: String
    private let copy: String
    /// Steps until death; negative: dead.
    private let left: Mutex<Int>
    private let written: Mutex<[Delivery]> = Mutex([])

    init(_ server: Server, _ time: VirtualTime, asks: Bool, from path: String, to copy: String, steps: Int) {
      self.asks = asks
      self.server = server
      self.time = time
      self.path = path
      self.copy = copy
      left = Mutex(steps)
    }

    var hasDied: Bool { left.withLock { $0 < 0 } }
    /// What the run's journal holds in the end.
    var recorded: [Delivery] { written.withLock { $0 } }

    /// Between two steps: true while it lives.
    @discardableResult func step() -> Bool {
      left.withLock { left in
        guard left >= 0 else { return false }
        left -= 1
        if left < 0 { try? FileManager.default.copyItem(atPath: path, toPath: copy) }
        return left >= 0
      }
    }

    func send(_ entry: OutboxEntry) async -> SendResult {
      guard step() else { return .delivered(link: "") }
      let result = server.send(entry.key.attempt, at: time.now)
      step()
      return result
    }

    func ask(_ entry: OutboxEntry) async -> AskResult {
      guard step() else { return .found(link: "") }
      let result = asks ? server.ask(entry.key.attempt, at: time.now) : .absent
      step()
      return result
    }

    func record(_ delivery: Delivery) {
      if step() { written.withLock { $0.append(delivery) } }
      step()
    }

    var surroundings: Surroundings {
      var surroundings = time.surroundings
      surroundings.now = {
        self.step()
        return self.time.now
      }
      return surroundings
    }
  }

  /// What came of a run, in the end.
  private struct Aftermath {
    var recorded: [Delivery] = []
    var stored: [AttemptID: Int] = [:]
    var landedLate: [AttemptID: Int] = [:]
    var waiting: [String] = []
    var refused: [String] = []
  }

  private func play(_ seed: Int, asks: Bool = true) async throws -> Aftermath {
    var end = Aftermath()
    try await withTemporaryFolder { folder in
      var luck = SplitMix(state: UInt64(seed) &+ 77)
      let server = Server(seed: seed, isIdempotent: seed % 3 == 0, isLate: seed % 3 == 1)
      let time = VirtualTime()
      var path = folder + "/0"
      for number in 1... {
        // The fourth life is long enough for everything.
        let steps = number > 3 ? .max : Int.random(in: 0..<(number == 1 ? 120 : 60), using: &luck)
        let life = Life(server, time, asks: asks, from: path, to: folder + "/\(number)", steps: steps)
        let known = Set(end.recorded.map(\.attempt))
        try await live(life, path, isResumed: number > 1, recorded: known, serves: seed % 2 == 0)
        end.recorded += life.recorded
        guard life.hasDied else { break }
        path = folder + "/\(number)"
      }
      server.settle()
      (end.stored, end.landedLate) = server.state.withLock { ($0.stored, $0.landedLate) }
      end.waiting = try names(in: path).filter { $0.hasSuffix(".json") }
      end.refused = try names(in: path + "/refused")
    }
    return end
  }

  @Test(arguments: 0..<60) func `whenever it dies, nothing is lost, and nothing doubled that could be asked for`(
    seed: Int
  ) async throws {
    let end = try await play(seed)
    for id in (1...Self.count).map(attempt) {
      let last = end.recorded.last { $0.attempt == id }?.end
      #expect(last == (id == Self.unwanted ? .refused(reason: "403 no") : .delivered(link: "l")), "\(id)")
      // Each further copy is a request that had been given up and came after the question.
      let late = seed % 3 == 1 ? end.landedLate[id] ?? 0 : 0
      #expect(end.stored[id] ?? 0 == (id == Self.unwanted ? 0 : 1 + late), "\(id): \(end)")
    }
    #expect(end.waiting.isEmpty && end.refused.count == 1)
  }

  /// The test above can fail: a sender that does not ask doubles something under some seed.
  @Test func `who sends again without asking is caught`() async throws {
    var doubled = 0
    for seed in stride(from: 2, to: 60, by: 3) {
      doubled += try await play(seed, asks: false).stored.values.count { $0 > 1 }
    }
    #expect(doubled > 0)
  }

  /// What a run does with its outbox, from its first verdict or from its journal.
  private func live(
    _ life: Life, _ path: String, isResumed: Bool, recorded: Set<AttemptID>, serves: Bool
  ) async throws {
    let address = try ServerAddress(parsing: "http://h/api/v1")
    let publisher = Publisher(
      try OutboxFolder(path), surroundings: life.surroundings, connect: { _ in life },
      record: { life.record($0) })
    life.step()
    for number in 1...Self.count where !recorded.contains(attempt(number)) {
      if isResumed {
        try await publisher.enqueueAgain([try result(number)], to: address, run: run)
      } else {
        try await publisher.enqueue(number, to: address)
      }
      life.step()
    }
    if serves {
      _ = await publisher.finish(within: 1e7)
    } else {
      _ = try await publisher.deliver(until: life.time.now + 1e7)
    }
  }
}
