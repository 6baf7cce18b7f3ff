import Model
import Synchronization
import Testing
import Wire

@testable import Coordination

@Suite struct ClockTests {
  /// A wall clock that a test moves, in milliseconds.
  private final class Hands: Sendable {
    let now = Mutex<Int64>(1_000_000)
    func time() -> Timestamp { Timestamp(nanoseconds: now.withLock { $0 } * 1_000_000) }
    func move(_ milliseconds: Int64) { now.withLock { $0 += milliseconds } }
  }

  /// A ping that takes `there` and `back`, to a node that is `ahead`; all in milliseconds.
  private func exchange(_ clock: inout ClockOffset, _ hands: Hands, there: Int64, back: Int64, ahead: Int64) {
    var answer = Array(clock.ping().dropFirst(Frame.headerLength))
    hands.move(there)
    answer.append(littleEndian: hands.time().nanoseconds + ahead * 1_000_000)
    hands.move(back)
    clock.pong(answer[...])
  }

  @Test(arguments: [0, 250, -90_000] as [Int64])
  func aSymmetricPingTellsExactly(_ ahead: Int64) {
    let hands = Hands()
    var clock = ClockOffset(wall: hands.time)
    #expect(clock.milliseconds == nil)
    exchange(&clock, hands, there: 5, back: 5, ahead: ahead)
    #expect(clock.milliseconds == Double(ahead))
    #expect(clock.uncertainty == 5)
  }

  @Test func theShortestPingCountsAndIsOffByNoMoreThanItSays() {
    let hands = Hands()
    var clock = ClockOffset(wall: hands.time)
    for (there, back) in [(80, 2), (1, 3), (0, 200)] as [(Int64, Int64)] {
      exchange(&clock, hands, there: there, back: back, ahead: 1_000)
    }
    #expect(clock.uncertainty == 2)
    #expect(abs((clock.milliseconds ?? 0) - 1_000) <= 2)
  }

  @Test func nonsenseIsPassedOver() {
    let hands = Hands()
    var clock = ClockOffset(wall: hands.time)
    for sent in [Int64.min, .max, 0, -1, hands.time().nanoseconds] {
      for theirs in [Int64.min, .max, .min + hands.time().nanoseconds] {
        var pong: [UInt8] = []
        pong.append(littleEndian: sent)
        pong.append(littleEndian: theirs)
        clock.pong(pong[...])
        guard let offset = clock.milliseconds else { continue }
        // What is believed can be subtracted from any time.
        for nanoseconds in [Int64.min, 0, .max] {
          _ = Timestamp(nanoseconds: nanoseconds).advanced(bySeconds: -offset / 1000)
        }
        #expect(offset.magnitude < 6.4e12)
      }
    }
    clock.pong([1, 2, 3])
    clock.pong([])
  }
}

@Suite struct FrameReaderTests {
  private func reader(_ chunks: [[UInt8]]) async throws -> FrameReader {
    let line = ScriptedLine(agent: ScriptedAgent("n"))
    for chunk in chunks { line.up.post(chunk) }
    line.up.close()
    return try await FrameReader.open(line)
  }

  @Test func framesComeOutWhateverComesBeforeThem() async throws {
    let noises = [
      "", "Last login\r\n", "\u{1}\u{2}SORTIE-WIR", "\u{1}\u{1}\u{2}", String(repeating: "x", count: 60_000),
    ]
    for noise in noises {
      let stream =
        Array(noise.utf8) + Magic.bytes + Frame.encode(.pong, [7]) + Frame.encode(.event, []) + [3, 0]
      var reader = try await reader(stream.map { [$0] })
      #expect(try await reader.next() == Frame(.pong, [7]))
      #expect(try await reader.next().kind == .event)
      let fault = await #expect(throws: Fault.self) { _ = try await reader.next() }
      #expect(fault?.code == .link)
    }
  }

  @Test func noiseIsShownWhenNoAgentAnswers() async {
    let fault = await #expect(throws: Fault.self) { try await reader([Array("Permission denied\n".utf8)]) }
    #expect(fault?.message == #"no agent answered, but: "Permission denied\n""#)
    let silent = await #expect(throws: Fault.self) { try await reader([]) }
    #expect(silent?.message == "no agent answered")
    let flood = await #expect(throws: Fault.self) { try await reader([[UInt8](repeating: 120, count: 70_000)]) }
    #expect(flood?.code == .wire)
  }

  @Test func aFrameOverTheLimitEndsTheStream() async throws {
    var reader = try await reader([Magic.bytes + [0, 0, 0, 1, 67, 0, 0, 0]])
    let fault = await #expect(throws: Fault.self) { _ = try await reader.next() }
    #expect(fault?.code == .wire)
  }
}
