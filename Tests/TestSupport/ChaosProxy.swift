import CSpawn
import Glibc
import Synchronization

/// A TCP proxy on loopback that does to connections what networks do: it delays, holds, swallows, cuts and heals, as a
/// test tells it. One thread of its own, no async machinery; the test waits for what it counts instead of sleeping.
public final class ChaosProxy: Sendable {
  /// Which way bytes go.
  public enum Direction: Sendable { case up, down }

  /// What becomes of bytes of one direction.
  public enum Passage: Sendable {
    /// They pass.
    case open
    /// They wait, also those of new connections, and pass once it is open again: an outage that TCP survives.
    case held
    /// They are taken and never passed. A connection that lost bytes stays lost; new ones pass after healing.
    case swallowed
  }

  /// What the proxy does at the moment.
  public struct Weather: Sendable {
    /// Bytes from the client to the server.
    public var up = Passage.open
    /// Bytes from the server to the client.
    public var down = Passage.open
    /// How long bytes take, each way.
    public var delay = Duration.zero
    /// The next connections are reset after so many bytes, one number each; first those that are accepted first.
    public var cuts: [(direction: Direction, bytes: Int)] = []
    /// The connection is reset instead of the next answer, once the client has sent this text; so many times.
    public var unanswered: (text: String, times: Int)?
    /// New connections get these bytes once they have sent the head of a request, and never reach the server.
    public var answer: String?
  }

  /// How a connection is cut.
  public enum Cut: Sendable { case reset, end }

  /// What has happened so far.
  public struct Counts: Sendable {
    /// Connections that were accepted.
    public var opened = 0
    /// Connections that are open.
    public var open = 0
    /// Connections that the proxy cut.
    public var cut = 0
    /// Bytes that were passed from clients to the server.
    public var up = 0
    /// Bytes that were passed from the server to clients.
    public var down = 0
    /// Bytes that were taken and not passed.
    public var swallowed = 0
    /// Requests that got ``Weather/answer``.
    public var answered = 0
  }

  /// What a test waited for did not happen.
  public struct NothingCame: Error, CustomStringConvertible {
    /// What, and what happened instead.
    public let description: String
  }

  /// Where it listens on 127.0.0.1.
  public let port: Int
  private let shared: ChaosState
  private let thread: pthread_t

  /// Listens on a free port and passes connections on to `server`, a port of 127.0.0.1.
  public init(to server: Int) throws {
    guard let shared = ChaosState(), let listener = Loopback.listen() else {
      throw NothingCame(description: "no socket: \(String(cString: strerror(errno)))")
    }
    self.shared = shared
    port = listener.port
    let body = Unmanaged.passRetained(Body { ChaosLoop(listener.socket, to: server, shared).run() })
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    self.thread = thread
  }

  /// What has happened so far.
  public var counts: Counts { shared.state.withLock { $0.counts } }

  /// Changes what the proxy does, for open connections and new ones.
  public func change(_ body: (inout Weather) -> Void) {
    shared.state.withLock { body(&$0.weather) }
    shared.rouse()
  }

  /// Lets everything pass again.
  public func heal() { change { $0 = Weather() } }

  /// Cuts all connections.
  public func cut(_ how: Cut = .reset) {
    shared.state.withLock { $0.cut = how }
    shared.rouse()
  }

  /// Waits until the counts are as `isDone` wants them. Throws ``NothingCame``.
  @discardableResult
  public func wait(
    _ what: String, for patience: Duration = .seconds(90), until isDone: @escaping @Sendable (Counts) -> Bool
  ) async throws -> Counts {
    try await withCheckedThrowingContinuation { continuation in
      shared.add(ChaosState.Waiter(what: what, limit: .now + patience, isDone: isDone, continuation: continuation))
    }
  }

  /// Ends all connections and the thread; nothing listens on the port afterwards.
  public func stop() {
    let isFirst = shared.state.withLock { state in
      defer { state.isStopped = true }
      return !state.isStopped
    }
    guard isFirst else { return }
    shared.rouse()
    pthread_join(thread, nil)
    shared.dismiss { _ in true }
  }

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
