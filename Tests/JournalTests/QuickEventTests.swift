import FoundationEssentials
import Model
import TestSupport
import Testing

@testable import Journal

/// The quick decoder against the whole one.
@Suite struct QuickEventTests {
  private func encoded(_ event: Event) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(event))
  }

  private func quick(_ bytes: [UInt8]) -> Event? { QuickEvent.decode(bytes[...]) }

  private func whole(_ bytes: [UInt8]) -> Event? { try? JSONDecoder().decode(Event.self, from: Data(bytes)) }

  @Test func whatIsFrequentIsTakenQuickly() throws {
    for activity in RandomEvents.frequent {
      for sequence in [nil, 7, UInt64(1 << 50)] {
        let event = Event(number: 12, time: noon, activity: activity, sequence: sequence)
        #expect(quick(try encoded(event)) == event, "\(activity.name) has changed its written form")
      }
    }
  }

  @Test func whatItTakesIsWhatJSONDecoderTakes() throws {
    var events = RandomEvents(seed: 3)
    var taken = 0
    for round in 0..<1_500 {
      let event = events.next()
      let bytes = try encoded(event)
      if let quick = quick(bytes) {
        taken += 1
        #expect(quick == whole(bytes), "round \(round)")
      }
    }
    #expect(taken > 500)
  }

  @Test func noChangedByteMakesThemDiffer() throws {
    var events = RandomEvents(seed: 4)
    var random = Seeded(5)
    let marks = Array("0123456789-+.eE\"\\{}[],: ntx\u{0}\u{7f}".utf8) + [0xc3, 0xff]
    for round in 0..<3_000 {
      var bytes = try encoded(events.next())
      for _ in 0...random.below(3) where !bytes.isEmpty {
        let place = random.below(bytes.count)
        switch random.below(3) {
        case 0: bytes[place] = random.pick(marks) ?? 0
        case 1: bytes.insert(random.pick(marks) ?? 0, at: place)
        default: bytes.remove(at: place)
        }
      }
      guard let quick = quick(bytes) else { continue }
      #expect(quick == whole(bytes), "round \(round): \(String(decoding: bytes, as: UTF8.self))")
    }
  }
}

/// Events as runs have them, and stranger ones.
private struct RandomEvents {
  private var random: Seeded

  init(seed: UInt64) { random = Seeded(seed) }

  private static let attempt = AttemptID(rawValue: "20260101-000000-abcd.case.1")

  /// What a journal is nearly full of.
  static let frequent: [Activity] = [
    .unitLeased(.init(unit: UnitID(rawValue: "u1"), tier: "t", domain: "d", node: "n", attempts: [attempt, attempt])),
    .attemptStarted(
      .init(attempt: attempt, id: CaseID(rawValue: "c"), node: "n", unit: UnitID(rawValue: "u"), fence: 3, began: noon)),
    .output(.init(attempt: attempt, offset: 0, length: 80)),
    .attemptFinished(
      .init(
        attempt: attempt, id: CaseID(rawValue: "c"), node: "n",
        outcome: Outcome(verdict: .pass, ending: .exited(0), started: noon, stopped: noon, duration: 0.25))),
    .attemptFinished(
      .init(
        attempt: attempt, id: CaseID(rawValue: "c"), node: "n",
        outcome: Outcome(
          verdict: .fail, result: 91.5, reason: "exit status 1", ending: .exited(1), started: noon, stopped: noon,
          duration: 12, details: ["total": 2, "rate": 0.5, "failures": ["a", "b"], "more": ["x": [true, nil]]],
          leaked: ["sleep (7)", "x"], outputDropped: 9))),
    .caseFinished(.init(id: CaseID(rawValue: "c"), verdict: .pass, attempt: attempt, attempts: 1)),
    .caseFinished(.init(id: CaseID(rawValue: "c"), verdict: .skip, reason: "gate smoke/a")),
  ]

  mutating func next() -> Event {
    let id = CaseID(rawValue: text())
    let attempt = AttemptID(rawValue: text())
    let activity: Activity
    switch random.below(6) {
    case 0: activity = .output(.init(attempt: attempt, offset: integer(), length: integer()))
    case 1:
      activity = .attemptStarted(
        .init(
          attempt: attempt, id: id, node: text(), unit: UnitID(rawValue: text()), fence: random.next(), began: time()))
    case 2: activity = .attemptFinished(.init(attempt: attempt, id: id, node: maybe { $0.text() }, outcome: outcome()))
    case 3:
      activity = .caseFinished(
        .init(
          id: id, verdict: verdict(), reason: maybe { $0.text() },
          attempt: maybe { AttemptID(rawValue: $0.text()) }, attempts: Int(integer())))
    case 4:
      activity = .unitLeased(
        .init(
          unit: UnitID(rawValue: text()), tier: text(), domain: text(), node: text(),
          attempts: (0..<random.below(4)).map { _ in AttemptID(rawValue: text()) }))
    default: activity = random.pick(everyActivity + Self.frequent) ?? .unknown("")
    }
    return Event(
      number: random.next() >> 16, time: time(), activity: activity, sequence: maybe { $0.random.next() >> 4 })
  }

  private mutating func maybe<Value>(_ make: (inout RandomEvents) -> Value) -> Value? {
    random.chance(50) ? make(&self) : nil
  }

  private mutating func text() -> String {
    guard random.chance(10) else { return "plain-\(random.below(1_000))" }
    return random.pick([
      "", "case", "a/b", "tab\t", "\"quoted\"", "höst", "\u{1f600}", "\u{7f}", "null", "\\", "n1", "x y",
    ]) ?? ""
  }

  private mutating func integer() -> Int64 {
    guard random.chance(10) else { return Int64(random.below(1 << 40)) }
    return random.pick([0, 1, -1, 99, 4_096, 999_999_999_999_999_999, 1 << 60, .max, .min, Int64(random.next() >> 30)])
      ?? 0
  }

  private mutating func number() -> Double {
    random.pick([
      0, -0.0, 1, 0.1, 1e-7, 1e22, 123_456.789, -2.5, 1.0 / 3, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
    ]) ?? 0
  }

  private mutating func time() -> Timestamp { Timestamp(nanoseconds: Int64(bitPattern: random.next())) }

  private mutating func verdict() -> Verdict { random.pick(Verdict.allCases) ?? .pass }

  private mutating func outcome() -> Outcome {
    let endings: [Ending] = [.exited(0), .exited(-3), .signalled(9), .timedOut(afterSeconds: 1.5), .cancelled]
    return Outcome(
      verdict: verdict(), result: maybe { $0.number() }, reason: maybe { $0.text() },
      ending: maybe { $0.random.pick(endings) ?? .cancelled }, started: time(), stopped: time(), duration: number(),
      details: maybe { $0.value(depth: 3) }, leaked: (0..<random.below(3)).map { _ in text() },
      outputDropped: integer())
  }

  private mutating func value(depth: Int) -> JSONValue {
    switch random.below(depth > 0 ? 7 : 5) {
    case 0: return .null
    case 1: return .bool(random.chance(50))
    case 2: return .integer(integer())
    case 3: return .number(number())
    case 4: return .string(text())
    case 5: return .array((0..<random.below(4)).map { _ in value(depth: depth - 1) })
    default:
      let members = (0..<random.below(4)).map { _ in (text(), value(depth: depth - 1)) }
      return .object(Dictionary(members) { first, _ in first })
    }
  }
}
