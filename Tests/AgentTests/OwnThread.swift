import Glibc

/// Runs each job of a task on a thread of its own: a test may block there and keeps nobody waiting.
final class OwnThread: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let work = Work(UnownedJob(job), asUnownedTaskExecutor())
    let box = Unmanaged.passRetained(work)
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, box.toOpaque())
    if result == 0 { pthread_detach(thread) } else { box.takeRetainedValue().run() }
  }

  private final class Work {
    private let job: UnownedJob
    private let executor: UnownedTaskExecutor
    init(_ job: UnownedJob, _ executor: UnownedTaskExecutor) { (self.job, self.executor) = (job, executor) }
    func run() { job.runSynchronously(on: executor) }
  }
}

/// A fresh work directory for an agent; whatever the test started there is ended afterwards.
func withNode(_ body: @escaping @Sendable (AgentNode) throws -> Void) async throws {
  try await withTaskExecutorPreference(OwnThread()) { try await onThisTask(body) }
}

@concurrent private func onThisTask(_ body: @Sendable (AgentNode) throws -> Void) async throws {
  try withFolder { folder in
    let node = AgentNode(base: folder)
    defer { node.end() }
    try body(node)
  }
}
