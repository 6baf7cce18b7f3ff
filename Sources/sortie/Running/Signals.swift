import Dispatch
import Glibc

/// Ctrl-C and TERM as calls: the first asks for an orderly end, the second for one at once, the third gets it.
final class Signals {
  private var sources: [any DispatchSourceSignal] = []

  /// Listens until the object goes. `heard` gets 1 for the first signal, 2 for the second.
  init(_ heard: @escaping @Sendable (Int) -> Void) {
    let queue = DispatchQueue(label: "signals")
    let counter = Counter()
    for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !Signals.isIgnored(SIGHUP) {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        counter.value += 1
        if counter.value > 2 { Glibc._exit(130) }
        heard(counter.value)
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Whether whoever started this process wants it to live on without the signal, as `nohup` does.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  deinit { for source in sources { source.cancel() } }

  // `@unchecked Sendable`: touched on the serial queue only.
  private final class Counter: @unchecked Sendable { var value = 0 }
}
