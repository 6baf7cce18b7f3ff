import CSpawn
import Glibc
import Model
import Synchronization

/// One thread that runs the jobs of one actor and, when there are none, waits in `poll(2)` for the descriptors that the
/// actor's calls wait for. C that must stay on one thread, or may block, thus never touches Swift's own threads.
///
/// `@unchecked Sendable`: `shared` is behind a mutex; `waits` and `counter` are touched by the executor's thread only,
/// because ``wait(for:until:on:)`` is isolated to the actor that lives there.
public final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
  private struct Shared {
    var jobs: [UnownedJob] = []
    var cancelled: [UInt64] = []
    var isAsleep = false
    var isStopped = false
  }

  private struct Wait {
    var id: UInt64
    var interests: [pollfd]
    var deadline: ContinuousClock.Instant?
    var continuation: UnsafeContinuation<Void, Never>
  }

  private let shared = Mutex(Shared())
  private let bell: CInt
  private var thread = pthread_t()
  private var waits: [Wait] = []
  private var counter: UInt64 = 0

  /// Starts the thread. Throws `.system` if there is no descriptor or no thread left.
  public init() throws(Fault) {
    bell = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
    guard bell >= 0 else { throw Fault(.system, "eventfd: \(String(cString: strerror(errno)))") }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    let reference = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<ThreadExecutor>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, reference.toOpaque())
    guard status == 0 else {
      reference.release()
      close(bell)
      throw Fault(.system, "pthread_create: \(String(cString: strerror(status)))")
    }
  }

  /// Queues a job; for the runtime.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    ring { $0.jobs.append(job) }
  }

  /// Traps off this thread; for the runtime.
  public func checkIsolated() { precondition(isIsolatingCurrentContext() == true, "not on this executor's thread") }

  /// Whether the caller is on this thread; for the runtime.
  public func isIsolatingCurrentContext() -> Bool? { pthread_equal(pthread_self(), thread) != 0 }

  /// Ends the thread once its jobs are done; for the actor's `deinit`.
  public func stop() { ring { $0.isStopped = true } }

  /// Suspends the calling actor until a descriptor is ready, the deadline has passed, the task is cancelled, or
  /// ``wakeAll()`` is called; the caller finds out which. Only for the actor that lives here.
  public func wait(
    for interests: [pollfd], until deadline: ContinuousClock.Instant? = nil, on actor: isolated any Actor
  ) async {
    counter += 1
    let id = counter
    await withTaskCancellationHandler {
      await withUnsafeContinuation(isolation: actor) { continuation in
        checkIsolated()
        waits.append(Wait(id: id, interests: interests, deadline: deadline, continuation: continuation))
      }
    } onCancel: {
      ring { $0.cancelled.append(id) }
    }
  }

  /// Ends every wait, because something that was not seen by them has changed. Only for the actor that lives here.
  public func wakeAll() {
    guard !waits.isEmpty else { return }
    let woken = waits
    waits.removeAll(keepingCapacity: true)
    for wait in woken { wait.continuation.resume() }
  }

  private func ring(_ change: @Sendable (inout Shared) -> Void) {
    let isAsleep = shared.withLock { shared in
      change(&shared)
      defer { shared.isAsleep = false }
      return shared.isAsleep
    }
    if isAsleep { eventfd_write(bell, 1) }
  }

  private func run() {
    // Also SIGPIPE: a library may write to a socket whose other end is gone.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, nil)
    var polls: [pollfd] = []
    var batches = 0
    while true {
      let work = shared.withLock { shared in
        let work = (jobs: shared.jobs, cancelled: shared.cancelled, isStopped: shared.isStopped)
        shared.jobs = []
        shared.cancelled = []
        shared.isAsleep = work.jobs.isEmpty && work.cancelled.isEmpty && !work.isStopped
        return work
      }
      for job in work.jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      for id in work.cancelled { wake { $0.id == id } }
      let isIdle = work.jobs.isEmpty && work.cancelled.isEmpty
      if isIdle && work.isStopped { break }
      batches += 1
      // Busy callers must not keep those who wait from being heard.
      if isIdle || batches % 32 == 0 { poll(&polls, isIdle: isIdle) }
    }
    close(bell)
  }

  private func poll(_ polls: inout [pollfd], isIdle: Bool) {
    polls.removeAll(keepingCapacity: true)
    polls.append(pollfd(fd: bell, events: Int16(POLLIN), revents: 0))
    for wait in waits { polls.append(contentsOf: wait.interests) }
    let ready = Glibc.poll(&polls, nfds_t(polls.count), isIdle ? timeout() : 0)
    shared.withLock { $0.isAsleep = false }
    if polls[0].revents != 0 {
      var value: eventfd_t = 0
      eventfd_read(bell, &value)
    }
    guard !waits.isEmpty else { return }
    let now = ContinuousClock.now
    var index = 1
    wake { wait in
      let range = index..<index + wait.interests.count
      index = range.upperBound
      return ready > 0 && polls[range].contains { $0.revents != 0 } || wait.deadline.map { $0 <= now } == true
    }
  }

  /// Milliseconds to the earliest deadline, rounded up so that it has passed by then; -1: none.
  private func timeout() -> CInt {
    guard let earliest = waits.compactMap(\.deadline).min() else { return -1 }
    let left = (earliest - ContinuousClock.now) / Duration.milliseconds(1)
    return CInt(min(max(left + 1, 0), 3_600_000))
  }

  private func wake(_ isDue: (Wait) -> Bool) {
    var due: [UnsafeContinuation<Void, Never>] = []
    waits.removeAll { wait in
      guard isDue(wait) else { return false }
      due.append(wait.continuation)
      return true
    }
    for continuation in due { continuation.resume() }
  }
}
