import Coordination
import Journal
import Model
import Reporting
import Threads

/// Folds a run's events into its state, shows them to people, and hands verdicts on for publishing. On a thread of its
/// own: a terminal that is stopped with Ctrl-S holds up nobody else.
actor Reporter {
  private enum Item: Sendable {
    case events([Event])
    case tick
    case last
  }

  private nonisolated let mailbox = Mailbox<Item>()
  private let executor: ThreadExecutor
  private let folder: RunFolder
  private let tails: Tails
  private let verdict: @Sendable (Activity.CaseFinished, Outcome) async -> Void
  private var outcomes: [AttemptID: Outcome] = [:]
  private var state = RunState()
  private var console: any Console

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameter verdict: hears of each case that an attempt decided.
  init(
    _ folder: RunFolder, verdict: @escaping @Sendable (Activity.CaseFinished, Outcome) async -> Void
  ) throws(Fault) {
    self.folder = folder
    self.verdict = verdict
    tails = Tails(folder: folder)
    executor = try ThreadExecutor()
    let style = Style(isColored: Terminal.isColored)
    console = Terminal.isLive ? LiveConsole(style: style) : PlainConsole(style: style)
  }

  deinit { executor.stop() }

  /// Queues a group of events; bytes of output are not kept, the console reads what it shows from the raw logs.
  nonisolated func take(_ group: [Recorded]) { mailbox.post(.events(group.map(\.event))) }

  /// Takes in what an earlier process wrote, silently.
  func goOn(after events: [Event]) {
    for event in events {
      state.apply(event)
      switch event.activity {
      case .attemptFinished(let end): outcomes[end.attempt] = end.outcome
      case .caseFinished(let end): if let attempt = end.attempt { outcomes[attempt] = nil }
      default: continue
      }
    }
  }

  /// Lets ``run()`` return once everything queued so far has been taken in.
  nonisolated func finish() { mailbox.post(.last) }

  /// Shows events as they come, until ``finish()``.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [mailbox] in
        while (try? await Task.sleep(for: .milliseconds(Terminal.isLive ? 100 : 1000))) != nil { mailbox.post(.tick) }
      }
      while !Task.isCancelled, await takeIn(await mailbox.take()) {}
      group.cancelAll()
    }
  }

  private func takeIn(_ items: [Item]) async -> Bool {
    var isLast = false
    var text = ""
    for item in items {
      switch item {
      case .events(let events):
        for event in events {
          if event.number > 0 { state.apply(event) }
          text += console.render(event, in: state, tail: { tails.tail($0, limit: 4 << 10) })
          await handOn(event)
        }
      case .tick:
        let size = Terminal.size
        text += console.tick(state, now: wallClock(), width: size.width, height: size.height)
      case .last: isLast = true
      }
    }
    if !text.isEmpty { Terminal.say(text, newline: false) }
    return !isLast
  }

  private func handOn(_ event: Event) async {
    switch event.activity {
    case .attemptFinished(let end): outcomes[end.attempt] = end.outcome
    case .caseFinished(let end):
      guard let attempt = end.attempt, let outcome = outcomes.removeValue(forKey: attempt) else { return }
      await verdict(end, outcome)
    default: return
    }
  }

  /// Writes the reports, shows the closing words, and returns the exit status.
  func close(state folderOfState: String) throws(Fault) -> ExitStatus {
    let report = Report(of: state)
    try History.remember(report, in: folderOfState)
    try Reports.write(state, to: folder)
    Terminal.say(console.finish(report, folder: folder.path), newline: false)
    return Conclusion(of: state).status
  }
}
