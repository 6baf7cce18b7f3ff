import Glibc
import Model

/// A thread that runs one actor's jobs, one after the other: for C that blocks, which must never hold up Swift's own
/// threads, of which there are only as many as cores.
///
/// Sendable although unchecked: `jobs` and `isStopping` are touched only with `mutex` held, and `thread` is written
/// once, before the initializer returns.
final class ThreadExecutor: SerialExecutor, @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var isStopping = false
  private var thread = pthread_t()

  /// Starts the thread; throws `.system` if there is none to be had.
  init() throws(Fault) {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    let context = Unmanaged.passRetained(self)
    let result = pthread_create(
      &thread, nil,
      { context in
        if let context { Unmanaged<ThreadExecutor>.fromOpaque(context).takeRetainedValue().work() }
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw Fault(.system, "no thread for a server's connection: \(String(cString: strerror(result)))")
    }
    pthread_detach(thread)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  func checkIsolated() {
    precondition(pthread_equal(thread, pthread_self()) != 0, "not on the actor's own thread")
  }

  /// Ends the thread once everything enqueued has run.
  func stop() {
    pthread_mutex_lock(mutex)
    isStopping = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  private func work() {
    // TLS libraries write to sockets without MSG_NOSIGNAL: a peer that is gone must not end the process.
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    while let batch = nextBatch() {
      for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
  }

  private func nextBatch() -> [UnownedJob]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while jobs.isEmpty {
      if isStopping { return nil }
      pthread_cond_wait(condition, mutex)
    }
    let batch = jobs
    jobs = []
    return batch
  }
}
