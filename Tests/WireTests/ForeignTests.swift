import Model
import Testing
import Wire

/// Events of newer agents: what is not understood is told, and ends no line.
@Suite struct ForeignTests {
  private func event(_ json: String) throws -> NodeEvent { try Payload.decode(NodeEvent.self, from: Array(json.utf8)) }

  private func outcome(_ fields: String) throws -> Outcome {
    let stamp = GoldenTests.stamp
    let json =
      #"{"event":"finished","attempt":"r1.ping.1","outcome":{\#(fields),"started":"\#(stamp)","stopped":"\#(stamp)","#
      + #""duration":1.5,"leaked":["x (1)"],"outputDropped":3}}"#
    guard case .finished(let attempt, let outcome) = try event(json) else { throw Fault(.wire, "no end: \(json)") }
    #expect(attempt == GoldenTests.attempt)
    #expect(outcome.duration == 1.5 && outcome.leaked == ["x (1)"] && outcome.outputDropped == 3)
    #expect(outcome.started == GoldenTests.time && outcome.stopped == GoldenTests.time)
    return outcome
  }

  @Test(
    arguments: [
      (#""verdict":"flaky""#, ["flaky", sortieVersion]),
      (#""verdict":"flaky","reason":"2 of 3""#, ["flaky", "2 of 3"]),
      (#""verdict":"pass","ending":{"evaporated":{"at":3}}"#, ["evaporated", "pass"]),
      (#""verdict":"fail","reason":"r","ending":{"b":1,"a":2}"#, ["a, b", "fail", ": r"]),
      (#""verdict":"flaky","ending":{}"#, ["flaky"]),
    ] as [(String, [String])])
  func strangeOutcomesAreErrorsThatSaySo(_ fields: String, _ words: [String]) throws {
    let outcome = try outcome(fields)
    #expect(outcome.verdict == .error && outcome.ending == nil && outcome.result == nil)
    for word in words { #expect(outcome.reason?.contains(word) == true, "\(outcome.reason ?? "")") }
  }

  @Test(
    arguments: [
      (#""verdict":"pass""#, Verdict.pass, nil), (#""verdict":"pass","ending":null"#, .pass, nil),
      (#""verdict":"fail","ending":{"exited":3,"core":true}"#, .fail, .exited(3)),
      (#""verdict":"error","ending":{"cancelled":true}"#, .error, .cancelled),
      (#""verdict":"skip","later":[1]"#, .skip, nil),
    ] as [(String, Verdict, Ending?)])
  func whatIsKnownStays(_ fields: String, _ verdict: Verdict, _ ending: Ending?) throws {
    let outcome = try outcome(fields)
    #expect(outcome.verdict == verdict && outcome.ending == ending && outcome.reason == nil)
  }

  @Test func anUnknownLevelIsAWarning() throws {
    let json = #"{"event":"notice","notice":{"level":"dire","text":"t","node":"n1"}}"#
    #expect(try event(json) == .notice(.init(.warning, "t", node: "n1")))
    let known = #"{"event":"notice","notice":{"level":"error","text":"t"}}"#
    #expect(try event(known) == .notice(.init(.error, "t")))
  }

  @Test(arguments: [
    #"{"event":"finished","attempt":"a","outcome":{"verdict":"flaky"}}"#,
    #"{"event":"finished","attempt":"a","outcome":7}"#, #"{"event":"finished","attempt":"a"}"#,
    #"{"event":"notice","notice":{"level":"dire"}}"#,
  ])
  func whatIsMalformedIsStillRefused(_ json: String) { #expect(throws: Fault.self) { try event(json) } }
}
