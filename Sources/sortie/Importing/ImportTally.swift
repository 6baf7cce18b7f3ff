import Model
import Store

/// What came of an import, counted; what went wrong is named as it comes.
struct ImportTally {
  /// Whether the first thing that goes wrong ends it.
  let isStrict: Bool
  private(set) var added = 0
  private(set) var present = 0
  private(set) var conflicts = 0
  private(set) var bad = 0
  private(set) var declared = 0

  init(isStrict: Bool) { self.isStrict = isStrict }

  /// Counts what came of a row.
  /// - Throws: `definition`, if nothing may go wrong.
  mutating func count(_ outcome: LoadOutcome, at place: String) throws(Fault) {
    switch outcome {
    case .added: added += 1
    case .present: present += 1
    case .conflict(let reason): try conflict("another row is there: \(reason)", at: place)
    case .orphan: try reject("it names a row that is nowhere", at: place)
    case .refused(let reason): try reject(reason, at: place)
    }
  }

  /// Counts what was declared because something named it.
  mutating func declare(_ names: [String], at place: String) {
    declared += names.count
    for name in names { Terminal.say("\(place): \(name) was not there, and is declared") }
  }

  /// Counts what cannot be imported.
  mutating func reject(_ reason: String, at place: String) throws(Fault) {
    bad += 1
    try say(reason, at: place)
  }

  private mutating func conflict(_ reason: String, at place: String) throws(Fault) {
    conflicts += 1
    try say(reason, at: place)
  }

  private func say(_ reason: String, at place: String) throws(Fault) {
    guard !isStrict else {
      throw Fault(
        .definition, "\(place): \(reason)", hint: "what came before it is imported; begin again when it is mended")
    }
    Terminal.say("\(place): \(reason)")
  }

  /// The counts, a line each.
  var text: String {
    var text = "added \(added)\npresent \(present)\nconflicts \(conflicts)\nbad \(bad)\n"
    if declared > 0 { text += "declared \(declared)\n" }
    return text
  }

  /// Everything that was looked at.
  var total: Int { added + present + conflicts + bad }

  /// Whether everything is there now.
  var isWhole: Bool { conflicts == 0 && bad == 0 }
}
