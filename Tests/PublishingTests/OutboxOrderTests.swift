import Dialects
import Model
import Testing

@testable import Publishing

/// What hangs together goes in order, and what is needless goes without being sent.
@Suite struct OutboxOrderTests {
  private let server = "paddles+http://h/paddles"
  private let other = RunID(rawValue: "other")
  private func key(_ name: String) -> OutboxEntry.Key {
    .init(submission: SubmissionID(rawValue: name), server: server)
  }
  private func traits(
    _ subject: String, _ standing: Submission.Standing = .lasting, of chain: RunID = run
  ) -> EntryTraits { .init(chain: chain, subject: subject, standing: standing) }

  /// What the outbox does now: `send a`, `ask a`, `drop a`; what it drops is dropped.
  private func next(_ outbox: inout Outbox, _ now: Double = 0) -> String {
    switch outbox.next(for: server, now: now) {
    case .send(let key): return "send \(key.submission)"
    case .ask(let key): return "ask \(key.submission)"
    case .drop(let key):
      outbox.dropped(key)
      return "drop \(key.submission)"
    case .wait: return "wait"
    case .held: return "held"
    case .busy: return "busy"
    case .empty: return "empty"
    }
  }

  private func fail(_ outbox: inout Outbox, _ name: String, _ now: Double) {
    _ = outbox.sent(key(name), .failed(reason: "500"), now: now, random: 0)
  }

  @Test func `a chain waits for the one of it that stepped aside; others do not`() {
    var outbox = Outbox(policy: DeliveryPolicy(patience: 1))
    for name in ["a", "b"] { outbox.enqueue(key(name), traits(name), now: 0) }
    for name in ["x", "y"] { outbox.enqueue(key(name), traits(name, of: other), now: 0) }
    outbox.enqueue(key("c"), traits("c"), now: 0)
    #expect(next(&outbox) == "send a")
    fail(&outbox, "a", 0)
    for name in ["x", "y"] {
      #expect(next(&outbox) == "send \(name)")
      _ = outbox.sent(key(name), .delivered(link: ""), now: 0, random: 0)
    }
    #expect(next(&outbox) == "wait")
    outbox.enqueue(key("d"), traits("d"), now: 0)
    #expect(next(&outbox) == "wait")
    #expect(next(&outbox, 10) == "ask a")
    #expect(outbox.asked(key("a"), .absent, now: 10, random: 0) == .kept)
    #expect(next(&outbox, 10) == "send a")
    fail(&outbox, "a", 10)
    #expect(next(&outbox, 10) == "wait")
    #expect(next(&outbox, 100) == "ask a")
    #expect(outbox.asked(key("a"), .found(link: ""), now: 100, random: 0) == .delivered(link: ""))
    for name in ["b", "c", "d"] {
      #expect(next(&outbox, 100) == "send \(name)")
      _ = outbox.sent(key(name), .delivered(link: ""), now: 100, random: 0)
    }
    #expect(next(&outbox, 100) == "empty" && outbox.count(for: server) == 0)
  }

  @Test func `a refusal lets the chain go on`() {
    var outbox = Outbox(policy: DeliveryPolicy(patience: 1))
    for name in ["a", "b"] { outbox.enqueue(key(name), traits(name), now: 0) }
    #expect(next(&outbox) == "send a")
    fail(&outbox, "a", 0)
    #expect(next(&outbox, 5) == "ask a")
    _ = outbox.asked(key("a"), .absent, now: 5, random: 0)
    #expect(next(&outbox, 5) == "send a")
    _ = outbox.sent(key("a"), .refused(reason: "400"), now: 5, random: 0)
    #expect(next(&outbox, 5) == "send b")
  }

  @Test func `a sign of life goes when there is later news of its subject`() {
    var outbox = Outbox()
    outbox.enqueue(key("running"), traits("job 1", .stage), now: 0)
    outbox.enqueue(key("beat 1"), traits("job 1", .pulse), now: 0)
    outbox.enqueue(key("beat of another"), traits("job 2", .pulse), now: 0)
    outbox.enqueue(key("beat 2"), traits("job 1", .pulse), now: 0)
    #expect(next(&outbox) == "drop beat 1")
    outbox.enqueue(key("end"), traits("job 1"), now: 0)
    #expect(next(&outbox) == "drop beat 2")
    for name in ["running", "beat of another", "end"] {
      #expect(next(&outbox) == "send \(name)")
      _ = outbox.sent(key(name), .delivered(link: ""), now: 0, random: 0)
    }
    #expect(next(&outbox) == "empty" && outbox.servers.isEmpty)
  }

  @Test func `stages go only where much waits, verdicts never`() {
    var outbox = Outbox(policy: DeliveryPolicy(room: 4))
    for number in 1...10 {
      outbox.enqueue(key("start \(number)"), traits("test \(number)", .stage), now: 0)
      outbox.enqueue(key("end \(number)"), traits("test \(number)"), now: 0)
    }
    var seen: [String] = []
    while true {
      let step = next(&outbox)
      if step == "empty" { break }
      seen.append(step)
      guard step.hasPrefix("send "), seen.count < 100 else { continue }
      _ = outbox.sent(key(String(step.dropFirst(5))), .delivered(link: ""), now: 0, random: 0)
    }
    let sent = seen.filter { $0.hasPrefix("send") }
    #expect(Set(seen.filter { $0.hasPrefix("drop") }) == Set((3...10).map { "drop start \($0)" }))
    #expect(sent == ["send start 1", "send end 1", "send start 2"] + (2...10).map { "send end \($0)" })
  }

  @Test func `what is away is dropped also while the server is left alone or held`() {
    var outbox = Outbox()
    outbox.enqueue(key("a"), traits("a"), now: 0)
    #expect(next(&outbox) == "send a")
    _ = outbox.sent(key("a"), .unavailable(reason: "down"), now: 0, random: 0)
    for number in 1...3 { outbox.enqueue(key("beat \(number)"), traits("job", .pulse), now: 0) }
    #expect(Set([next(&outbox), next(&outbox)]) == ["drop beat 1", "drop beat 2"])
    #expect(next(&outbox) == "wait" && outbox.count(for: server) == 2)
  }

  @Test func `a stage that a server always fails at gives way to what is known later`() {
    var outbox = Outbox(policy: DeliveryPolicy(patience: 1))
    outbox.enqueue(key("running"), traits("job", .stage), now: 0)
    #expect(next(&outbox) == "send running")
    fail(&outbox, "running", 0)
    // As long as nothing else is known, it is tried again.
    #expect(next(&outbox, 2) == "ask running")
    outbox.enqueue(key("end"), traits("job"), now: 2)
    _ = outbox.asked(key("running"), .absent, now: 2, random: 0)
    #expect(next(&outbox, 2) == "drop running")
    #expect(next(&outbox, 2) == "send end")
  }

  @Test func `what a disk would not give is taken up again in order`() {
    var outbox = Outbox()
    for name in ["a", "b"] { outbox.enqueue(key(name), traits(name), now: 0) }
    outbox.enqueue(key("x"), traits("x", of: other), now: 0)
    #expect(next(&outbox) == "send a")
    outbox.abandon(key("a"))
    #expect(!outbox.contains(key("a")) && !outbox.contains(key("b")) && outbox.contains(key("x")))
    #expect(outbox.count(for: server) == 1)
    for name in ["a", "b"] { outbox.enqueue(key(name), traits(name), sentBefore: 100, now: 0) }
    #expect(next(&outbox) == "send x")
    _ = outbox.sent(key("x"), .delivered(link: ""), now: 0, random: 0)
    #expect(next(&outbox) == "ask a")
  }

  /// A server that fails in every way: each chain arrives in order and nothing that lasts is lost.
  @Test(arguments: 0..<200) func `whatever happens, chains keep their order`(seed: Int) {
    var luck = SplitMix(state: UInt64(seed))
    var outbox = Outbox(policy: DeliveryPolicy(patience: 2, room: Int.random(in: 2..<30, using: &luck)))
    var (now, steps, number) = (0.0, 0, 0)
    var (order, lasting, ended): ([String: Int], Set<String>, Set<String>) = ([:], [], [])
    var latest: [RunID: Int] = [:]
    var isEmpty = false
    while !isEmpty, steps < 20_000 {
      steps += 1
      if number < 60, Int.random(in: 0..<3, using: &luck) == 0 {
        number += 1
        let chain = RunID(rawValue: "r\(Int.random(in: 0..<3, using: &luck))")
        let standing = [Submission.Standing.lasting, .stage, .pulse][Int.random(in: 0..<3, using: &luck)]
        let name = "\(chain) \(number)"
        order[name] = number
        if standing == .lasting { lasting.insert(name) }
        outbox.enqueue(
          key(name), traits("s\(Int.random(in: 0..<4, using: &luck))", standing, of: chain),
          sentBefore: Int.random(in: 0..<4, using: &luck) == 0 ? 0 : nil, now: now)
      }
      let chance = steps > 3000 ? 0 : Int.random(in: 0..<6, using: &luck)
      switch outbox.next(for: server, now: now) {
      case .send(let key):
        let name = key.submission.rawValue
        let chain = RunID(rawValue: String(name.prefix { $0 != " " }))
        let place = order[name] ?? 0
        #expect(place >= latest[chain] ?? 0, "\(name) came after \(latest[chain] ?? 0)")
        latest[chain] = place
        let result: SendResult =
          switch chance {
          case 0...2: .delivered(link: "")
          case 3: .failed(reason: "500")
          case 4: .ambiguous(reason: "cut")
          default: .unavailable(reason: "down")
          }
        if case .delivered = outbox.sent(key, result, now: now, random: 0.5) { ended.insert(name) }
      case .ask(let key):
        if case .delivered = outbox.asked(
          key, chance == 1 ? .found(link: "") : .absent, now: now, random: 0.5)
        {
          ended.insert(key.submission.rawValue)
        }
      case .drop(let key):
        #expect(!lasting.contains(key.submission.rawValue))
        outbox.dropped(key)
      case .wait(let until): now = until
      case .held, .busy: Issue.record("nobody asked for that")
      case .empty: isEmpty = number == 60
      }
    }
    #expect(isEmpty && lasting.isSubset(of: ended))
    #expect(outbox.count(for: server) == 0)
  }
}

/// What a process that goes on with a run puts in again.
@Suite struct BacklogTests {
  private func step(_ name: String, _ cases: [String] = []) -> Submission {
    Submission(
      SubmissionID(rawValue: name), title: name, cases: cases.map(CaseID.init(rawValue:)),
      .steps([SubmissionStep("PUT", "/x/", .null)]))
  }
  private func result(_ name: String) -> Submission {
    Submission(SubmissionID(rawValue: name), title: name, cases: [CaseID(rawValue: name)], .result([]))
  }
  private func ids(_ names: String...) -> Set<SubmissionID> { Set(names.map(SubmissionID.init(rawValue:))) }

  @Test func `of steps, everything before the last one that the journal knows has ended`() {
    let all = [step("jobs"), step("1"), step("end 1", ["a", "b"]), step("2"), step("end 2", ["c"])]
    let open = { (published: String...) in
      Backlog.open(all, published: Set(published.map(CaseID.init(rawValue:)))).map(\.title)
    }
    #expect(open() == all.map(\.title))
    #expect(open("a") == all.map(\.title))
    #expect(open("a", "b") == ["2", "end 2"])
    #expect(open("c") == [])
  }

  @Test func `results stand for themselves`() {
    let all = [result("a"), result("b"), result("c")]
    #expect(Backlog.open(all, published: [CaseID(rawValue: "b")]).map(\.title) == ["a", "c"])
    let missing = Backlog.missing(of: all, waiting: ids("b"), refused: ids("c"))
    #expect(missing.map(\.submission.title) == ["a"] && missing.map(\.mayBeSent) == [true])
  }

  @Test func `of steps, those behind the last one that waits were never put in`() {
    let all = ["a", "b", "c", "d"].map { step($0) }
    let missing = { (waiting: Set<SubmissionID>, refused: Set<SubmissionID>) in
      Backlog.missing(of: all, waiting: waiting, refused: refused).map { "\($0.submission.title) \($0.mayBeSent)" }
    }
    #expect(missing([], []) == ["a true", "b true", "c true", "d true"])
    #expect(missing(ids("b"), []) == ["c false", "d false"])
    #expect(missing(ids("a", "c"), []) == ["d false"])
    #expect(missing(ids("d"), []) == [])
    #expect(missing([], ids("b")) == ["a true", "c true", "d true"])
    #expect(missing(ids("c"), ids("a", "d")) == [])
  }
}
