import CSpawn
import Glibc

/// A process, told apart from a later one with the same id by when it started.
public struct ProcessMark: Hashable, Sendable, Codable {
  /// The process id.
  public var id: Int32
  /// Clock ticks from boot to its start: field 22 of `/proc/ID/stat`.
  public var started: UInt64

  /// Makes a mark.
  public init(id: Int32, started: UInt64) {
    self.id = id
    self.started = started
  }

  /// The mark of a process that exists now, also as a zombie; nil if there is none.
  init?(id: Int32) {
    guard let entry = ProcessEntry(id: id) else { return nil }
    self = entry.mark
  }

  /// Whether it still runs; a zombie does not.
  var isRunning: Bool { ProcessEntry(id: id).map { $0.mark == self && $0.state != "Z" } ?? false }

  /// A descriptor of this very process; nil if it is gone.
  func descriptor() -> CInt? {
    let descriptor = sortie_pidfd_open(id)
    guard descriptor >= 0 else { return nil }
    // Looked at after it was opened: now the id cannot become another's.
    guard isRunning else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}

/// What `/proc` says about a process.
struct ProcessEntry {
  var mark: ProcessMark
  var name: String
  var state: Character
  var parent: Int32
  /// Whether it has a controlling terminal.
  var hasTerminal: Bool

  init?(id: Int32) {
    guard let stat = Files.text("/proc/\(id)/stat"), let open = stat.firstIndex(of: "("),
      let close = stat.lastIndex(of: ")")
    else { return nil }
    // The name may hold anything; the fields after its last parenthesis count from 3.
    let fields = stat[stat.index(after: close)...].split(separator: " ")
    guard fields.count > 19, let state = fields[0].first, let parent = Int32(fields[1]),
      let terminal = Int32(fields[4]),
      let started = UInt64(fields[19])
    else { return nil }
    mark = ProcessMark(id: id, started: started)
    name = String(stat[stat.index(after: open)..<close])
    self.state = state
    self.parent = parent
    hasTerminal = terminal != 0
  }

  /// Every process that can be seen.
  static var all: [ProcessEntry] { Files.names(in: "/proc").compactMap(Int32.init).compactMap { ProcessEntry(id: $0) } }
}
