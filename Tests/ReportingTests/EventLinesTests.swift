import Foundation
import Model
import Testing

@testable import Reporting

struct EventLinesTests {
  @Test func everyEventIsOneLineAndComesBack() throws {
    let script = ExpectedOutcomes.script()
    let lines = EventLines()
    var bytes: [UInt8] = []
    for event in script.events { bytes += try lines.line(event) }
    let split = bytes.split(separator: 10)
    #expect(split.count == script.events.count)
    let read = try split.map { try JSONDecoder().decode(Event.self, from: Data($0)) }
    #expect(read == script.events)
    var state = RunState()
    for event in read { state.apply(event) }
    #expect(Report(of: state) == script.report)
  }

  @Test func keysAreSorted() throws {
    let event = Event(
      number: 7, time: Script.start, activity: .notice(.init(.warning, "a/b\nc", node: "n1")))
    let line = String(decoding: try EventLines().line(event), as: UTF8.self)
    #expect(
      line == """
        {"event":"notice","level":"warning","node":"n1","number":7,"text":"a/b\\nc",\
        "time":"\(Script.start.rfc3339)"}

        """)
  }

  @Test func strangeNumbersDoNotBreakTheStream() throws {
    var script = Script()
    script.attempt("a", on: "n1", .fail, result: .nan, duration: .infinity)
    for event in script.events {
      _ = try JSONSerialization.jsonObject(with: Data(try EventLines().line(event)))
    }
  }
}
