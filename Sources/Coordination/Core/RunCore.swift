import CrashPoints
import Journal
import Model

/// The run's loop and its journal: what follows from an input becomes durable before anybody hears of it.
///
/// The order, within a group: bytes are written and activities numbered; everything is made durable; only then are nodes
/// acknowledged, orders sent and sinks told. A disk that refuses stops it at the step that it refused; the next call
/// takes up there.
struct RunCore {
  /// What may be said and sent, once everything before it is durable.
  struct Outgoing {
    var recorded: [Recorded] = []
    var orders: [Effect] = []
    /// The latest one a node.
    var acknowledgements: [String: (number: UInt64, epoch: Int)] = [:]
  }

  private(set) var machine: RunMachine
  let journal: JournalWriter
  /// What is to be done, from `done` on.
  private var effects: [(effect: Effect, time: Timestamp)] = []
  private var done = 0
  private var outgoing = Outgoing()
  private var files: [String: Int32] = [:]

  private static let openLimit = 256

  /// A run with its journal; `owed` is what an earlier process left undone.
  init(machine: RunMachine, journal: JournalWriter, owed: [Effect] = [], at time: Timestamp) {
    self.machine = machine
    self.journal = journal
    add(owed, time)
  }

  /// Begins the run.
  mutating func begin(at moment: Moment) { add(machine.begin(at: moment), moment.wall) }

  /// Takes one thing in.
  mutating func take(_ input: Input, at moment: Moment) { add(machine.take(input, at: moment), moment.wall) }

  /// Ends the run.
  mutating func end(at moment: Moment) { add(machine.end(at: moment), moment.wall) }

  /// Makes all of it durable. Throws `.system` while the disk refuses; then nothing of it may be told, and the next call
  /// goes on with it.
  mutating func settle() throws(Fault) -> Outgoing {
    while done < effects.count {
      let (effect, time) = effects[done]
      do throws(Fault) {
        try perform(effect, time)
      } catch {
        // A disk gets better; what cannot be put in words, or has no place in the folder, does not.
        guard error.code != .system else { throw error }
        effects.append((.record(.notice(.init(.error, error.description))), time))
      }
      done += 1
    }
    effects.removeAll(keepingCapacity: effects.count < 4096)
    done = 0
    try journal.commit()
    defer { outgoing = Outgoing() }
    return outgoing
  }

  private mutating func add(_ more: [Effect], _ time: Timestamp) {
    for effect in more { effects.append((effect, time)) }
  }

  private mutating func perform(_ effect: Effect, _ time: Timestamp) throws(Fault) {
    switch effect {
    case .record(let activity, let sequence, let output):
      let (event, line) = try journal.append(activity, at: time, sequence: sequence)
      outgoing.recorded.append(Recorded(event: event, line: line, output: output))
    case .write(let bytes, let path, let offset, let staysOpen):
      let file: Int32
      if let open = files[path] {
        file = open
      } else {
        // However many cases print at once, a process has only so many descriptors; a log can be opened again.
        if files.count >= RunCore.openLimit, let (other, old) = files.first {
          files[other] = nil
          journal.close(file: old)
        }
        file = try journal.open(file: path)
      }
      if staysOpen { files[path] = file }
      // Others are open no longer than it takes: a node may send thousands at a time.
      defer { if !staysOpen { journal.close(file: file) } }
      try journal.write(bytes, to: file, at: offset)
    case .close(let path): if let file = files.removeValue(forKey: path) { journal.close(file: file) }
    case .acknowledge(let node, let number, let epoch): outgoing.acknowledgements[node] = (number, epoch)
    case .run, .cancel: outgoing.orders.append(effect)
    }
  }
}
