import Journal
import Model

let noon = Timestamp(nanoseconds: 1_767_268_800_000_000_000)

/// One of every activity, with every optional field set in one of them.
let everyActivity: [Activity] = [
  .runStarted(
    .init(
      run: RunID(rawValue: "r"), version: "1", host: "höst", arguments: ["run", "a b"], pod: "p", installer: "i",
      scenario: "s", buildTag: "b", servers: ["http://x"])),
  .runResumed(.init(version: "1", host: "höst")),
  .planned(
    Plan(
      cases: [
        PlannedCase(
          id: CaseID(rawValue: "c"),
          definition: CaseDefinition(
            name: "c", tier: "smoke", dependencies: [Dependency(variable: "V", pattern: nil, isMetWhenUnset: true)],
            run: RunSpec(driver: "exec", args: ["argv": ["true", 1, 0.5, nil, true]]),
            locks: [LockRequest("sut", .exclusive)]),
          order: 0, expected: 1.5)
      ], slice: Slice(index: 1, count: 2))),
  .nodeReady(.init(node: "n", facts: NodeFacts(clockOffset: -3.25, warnings: ["w\u{1f600}"]), life: "l")),
  .nodeLost(.init(node: "n", reason: "why")),
  .nodeExcluded(.init(node: "n", reason: "")),
  .unitLeased(
    .init(unit: UnitID(rawValue: "u1"), tier: "t", domain: "d", node: "n", attempts: [AttemptID(rawValue: "r.c.1")])),
  .attemptStarted(
    .init(
      attempt: AttemptID(rawValue: "r.c.1"), id: CaseID(rawValue: "c"), node: "n", unit: UnitID(rawValue: "u1"),
      fence: .max, began: noon)),
  .output(.init(attempt: AttemptID(rawValue: "r.c.1"), offset: 1 << 40, length: 7)),
  .artifactAnnounced(
    .init(stream: 3, artifact: .init(attempt: AttemptID(rawValue: "r.c.1"), path: "a/b", size: 9, isCut: false))),
  .artifact(.init(attempt: AttemptID(rawValue: "r.c.1"), path: "a/b", size: 0, isCut: true)),
  .attemptFinished(
    .init(
      attempt: AttemptID(rawValue: "r.c.1"), id: CaseID(rawValue: "c"), node: nil,
      outcome: Outcome(
        verdict: .fail, result: 12.5, reason: "line\nbreak \"quoted\" \u{0}", ending: .signalled(9), started: noon,
        stopped: noon.advanced(bySeconds: 1), duration: 1, details: ["k": [1, "x"]], leaked: ["sleep (7)"],
        outputDropped: 3))),
  .caseFinished(.init(id: CaseID(rawValue: "c"), verdict: .error, reason: "r", attempt: nil, attempts: 2)),
  .cancelRequested(.init(by: "interrupt", now: true)),
  .notice(.init(.warning, "mind", node: "n")),
  .published(.init(id: CaseID(rawValue: "c"), server: "http://x", link: "l", refusal: nil)),
  .runFinished(.init(isCancelled: true, missing: [CaseID(rawValue: "c")], duration: 2)),
]

/// A notice that tells its own place and is `padding` bytes longer than that.
func notice(_ index: Int, padding: Int = 0) -> Activity {
  .notice(.init(.info, "notice \(index) " + String(repeating: "x", count: padding)))
}

/// A journal of `count` notices, committed one by one (or `group` at a time) and closed.
func writeJournal(_ folder: RunFolder, notices count: Int, padding: Int = 0, group: Int = 1) throws {
  let writer = try JournalWriter(creating: folder)
  for index in 1...count {
    _ = try writer.append(notice(index, padding: padding), at: noon)
    if index % group == 0 || index == count { try writer.commit() }
  }
}

/// The head of a record, as docs/run-folder.md gives it: written here without the code under test.
struct RecordPlaces {
  /// Where each record begins, and where the file ends.
  var starts: [Int] = []

  init(_ bytes: [UInt8]) {
    var place = 17
    while place + 12 <= bytes.count {
      starts.append(place)
      place += 12 + (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << ($1 * 8) }
    }
    starts.append(place)
  }
}
