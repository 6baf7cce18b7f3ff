import FoundationEssentials
import Model
import Testing

@Suite struct EventCodingTests {
  private static let time = Timestamp(nanoseconds: 1_795_221_394_123_456_000)
  private static let attempt = AttemptID(rawValue: "r.ping.1")
  private static let outcome = Outcome(
    verdict: .fail, result: 12.5, reason: "exit status 3", ending: .exited(3), started: time, stopped: time,
    duration: 1.25, details: ["failures": [["name": "a"]]], leaked: ["sleep (17)"], outputDropped: 9)

  static let activities: [Activity] = [
    .runStarted(
      .init(
        run: RunID(rawValue: "r"), version: "1", host: "h", arguments: ["run", "-t", "smoke"], pod: "p", installer: "i",
        scenario: "s", buildTag: "b", servers: ["http://x/"])),
    .planned(
      Plan(
        cases: [
          PlannedCase(
            id: CaseID(rawValue: "ping"),
            definition: CaseDefinition(
              name: "ping", tier: "smoke",
              dependencies: [Dependency(variable: "V", pattern: nil, isMetWhenUnset: true)],
              run: RunSpec(driver: "xtesting", entry: .type(module: "m", name: "C"), args: ["x": 1]),
              locks: [LockRequest("sut", .exclusive)], location: SourceLocation(file: "f", line: 1, column: 2)),
            disposition: .skip(reason: "no"), order: 0, node: "n1", expected: 3)
        ],
        leftOut: [
          SelectedCase(definition: CaseDefinition(name: "b", tier: "t"), disposition: .leaveOut(reason: "-t smoke"))
        ],
        tiers: [Tier(name: "smoke", order: 1, setup: Hook(run: RunSpec(driver: "exec")))],
        domains: ["base": Domain(teardown: Hook(run: RunSpec(driver: "exec", entry: .named("e"))))],
        slice: Slice(index: 1, count: 2), strictTiers: true)),
    .nodeReady(.init(node: "n1", facts: NodeFacts(system: "Linux", clockOffset: -1.5, warnings: ["w"]))),
    .nodeLost(.init(node: "n1", reason: "cut")),
    .nodeExcluded(.init(node: "n1", reason: "lies")),
    .unitLeased(.init(unit: UnitID(rawValue: "u1"), tier: "smoke", domain: "base", node: "n1", attempts: [attempt])),
    .attemptStarted(
      .init(
        attempt: attempt, id: CaseID(rawValue: "ping"), node: "n1", unit: UnitID(rawValue: "u1"), fence: 1 << 62,
        began: time)),
    .output(.init(attempt: attempt, offset: 1 << 40, length: 7)),
    .artifact(.init(attempt: attempt, path: "a/b.xml", size: 3, isCut: true)),
    .attemptFinished(.init(attempt: attempt, id: CaseID(rawValue: "ping"), node: nil, outcome: outcome)),
    .caseFinished(.init(id: CaseID(rawValue: "ping"), verdict: .error, reason: "r", attempt: attempt, attempts: 2)),
    .cancelRequested(.init(by: "interrupt", now: true)),
    .notice(.init(.warning, "text", node: "n1")),
    .published(.init(id: CaseID(rawValue: "ping"), server: "http://x", link: "http://x/1")),
    .runFinished(.init(isCancelled: true, missing: [CaseID(rawValue: "ping")], duration: 4.5)),
    .unknown("paused"),
  ]

  @Test(arguments: activities) func goesThereAndBack(_ activity: Activity) throws {
    let event = Event(number: 7, time: EventCodingTests.time, activity: activity)
    let json = try JSONEncoder().encode(event)
    #expect(try JSONDecoder().decode(Event.self, from: json) == event)
    guard case .object(let members) = try JSONDecoder().decode(JSONValue.self, from: json) else {
      Issue.record("an event is an object")
      return
    }
    #expect(members["number"] == 7 && members["time"] == "2026-11-21T00:36:34.123456Z")
    #expect(members["event"] == .string(activity.name))
  }

  @Test func everyActivityIsHere() {
    #expect(Set(EventCodingTests.activities.map(\.name)).count == 16)
  }

  /// What a newer version adds, at any depth, does not keep an older one from reading the rest.
  @Test(arguments: activities) func unknownFieldsAreSurvived(_ activity: Activity) throws {
    let event = Event(number: 7, time: EventCodingTests.time, activity: activity)
    let value = try JSONDecoder().decode(JSONValue.self, from: try JSONEncoder().encode(event))
    let padded = try JSONEncoder().encode(
      padding(value, maps: ["environment", "args", "requires", "domains", "details"]))
    #expect(try JSONDecoder().decode(Event.self, from: padded) == event)
  }

  @Test func aNewerActivityKeepsItsName() throws {
    let json = #"{"number":9,"time":"2026-11-21T00:36:34Z","event":"teleported","to":["n1",{"x":2}],"attempt":17}"#
    let event = try JSONDecoder().decode(Event.self, from: Data(json.utf8))
    #expect(event.activity == .unknown("teleported"))
    let again = try JSONDecoder().decode(Event.self, from: try JSONEncoder().encode(event))
    #expect(again == event && again.number == 9)
  }

  @Test(arguments: [
    "{}", "[]", #"{"number":1,"time":"2026-11-21T00:36:34Z"}"#,
    #"{"number":-1,"time":"2026-11-21T00:36:34Z","event":"x"}"#,
    #"{"number":1,"time":"yesterday","event":"x"}"#, #"{"number":1,"time":"2026-11-21T00:36:34Z","event":"output"}"#,
  ])
  func whatIsNoEventIsRefused(_ json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Event.self, from: Data(json.utf8)) }
  }

  @Test(
    arguments: [
      (.exited(0), #"{"exited":0}"#), (.exited(255), #"{"exited":255}"#), (.signalled(9), #"{"signalled":9}"#),
      (.timedOut(afterSeconds: 0.5), #"{"timed_out":0.5}"#), (.cancelled, #"{"cancelled":true}"#),
      (.notSpawned(errno: 2, program: "x"), #"{"not_spawned":2,"program":"x"}"#),
    ] as [(Ending, String)])
  func endings(_ ending: Ending, _ json: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    #expect(String(decoding: try encoder.encode(ending), as: UTF8.self) == json)
    #expect(try JSONDecoder().decode(Ending.self, from: Data(json.utf8)) == ending)
  }

  // Objects whose keys are people's own (`maps`) are left as they are.
  private func padding(_ value: JSONValue, maps: Set<String>) -> JSONValue {
    switch value {
    case .object(let members):
      var result = Dictionary(
        members.map { ($0.key, maps.contains($0.key) ? $0.value : padding($0.value, maps: maps)) },
        uniquingKeysWith: { $1 })
      // An enum with associated values is written as one key; it stays so.
      if members.count != 1 || members["event"] != nil { result["added_later"] = ["x": [1, nil]] }
      return .object(result)
    case .array(let elements): return .array(elements.map { padding($0, maps: maps) })
    default: return value
    }
  }
}
