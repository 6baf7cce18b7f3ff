import Coordination
import Journal
import Model
import Reporting
import Threads

/// Folds a run's events into its state, shows them to people, and hands them on for publishing. On a thread of its own: a
/// terminal that is stopped with Ctrl-S holds up nobody else.
actor Reporter {
  /// What is handed on.
  enum News: Sendable {
    /// A numbered event.
    case event(Event)
    /// Time has passed.
    case time(Timestamp)
  }

  private enum Item: Sendable {
    case events([Event])
    case tick
    case last
  }

  private nonisolated let mailbox = Mailbox<Item>()
  private let executor: ThreadExecutor
  private let folder: RunFolder
  private let tails: Tails
  private let beside: @Sendable (News) async -> Void
  private var state = RunState()
  private var console: any Console

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// - Parameter beside: hears of everything, one thing after the other.
  init(_ folder: RunFolder, beside: @escaping @Sendable (News) async -> Void = { _ in }) throws(Fault) {
    self.folder = folder
    self.beside = beside
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
    for event in events { state.apply(event) }
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
          let isNumbered = event.number > 0
          if isNumbered { state.apply(event) }
          text += console.render(event, in: state, tail: { tails.tail($0, limit: 4 << 10) })
          if isNumbered { await beside(.event(event)) }
        }
      case .tick:
        let (size, now) = (Terminal.size, wallClock())
        await beside(.time(now))
        text += console.tick(state, now: now, width: size.width, height: size.height)
      case .last: isLast = true
      }
    }
    if !text.isEmpty { Terminal.say(text, newline: false) }
    return !isLast
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
