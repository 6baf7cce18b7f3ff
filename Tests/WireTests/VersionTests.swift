import Model
import Testing
import Wire

@Suite struct VersionTests {
  @Test(
    arguments: [
      (1, 1, 1, 1, 1), (1, 3, 2, 5, 3), (2, 5, 1, 3, 3), (1, 9, 4, 4, 4), (4, 4, 1, 9, 4), (1, 1, 2, 2, nil),
      (2, 2, 1, 1, nil), (1, 3, 4, 9, nil), (3, 1, 1, 9, nil), (1, 9, 9, 1, nil), (.min, .max, -5, 7, 7),
    ] as [(Int, Int, Int, Int, Int?)])
  func theNewestCommonVersion(_ low: Int, _ high: Int, _ otherLow: Int, _ otherHigh: Int, _ common: Int?) {
    let (one, other) = (WireVersions(lowest: low, highest: high), WireVersions(lowest: otherLow, highest: otherHigh))
    #expect(one.common(with: other) == common)
    #expect(other.common(with: one) == common)
  }

  @Test func spoken() {
    #expect(WireVersions.current.common(with: .current) == WireVersions.current.highest)
    #expect(WireVersions(lowest: 2, highest: 2).description == "2")
    #expect(WireVersions(lowest: 1, highest: 3).description == "1-3")
  }

  /// Fields and kinds that a newer peer has do not disturb an older one.
  @Test func newerPeersAreSurvived() throws {
    let attach = GoldenTests.attachJSON.dropLast() + #","later":{"x":[1]}}"#
    #expect(try Payload.decode(Attach.self, from: Array(attach.utf8)).run.rawValue == "r1")
    let order = GoldenTests.orderJSON.dropLast() + #","priority":7}"#
    #expect(try Payload.decode(AttemptOrder.self, from: Array(order.utf8)) == GoldenTests.order)
    let welcome = GoldenTests.welcomeJSON.dropLast() + #","mood":"fine"}"#
    #expect(try Payload.decode(Welcome.self, from: Array(welcome.utf8)) == GoldenTests.welcome)
    let event = [UInt8](repeating: 0, count: 8) + Array(#"{"event":"teleported","attempt":{"x":1}}"#.utf8)
    #expect(try Frame.decodeEvent(event[...]).1 == .unknown("teleported"))
    var decoder = FrameDecoder()
    decoder.push(Frame.encode(Frame.Kind(rawValue: 200), [1, 2]) + Frame.encode(.bye, []))
    #expect(try decoder.next()?.kind.rawValue == 200)
    #expect(try decoder.next()?.kind == .bye)
  }

  @Test func whatJSONDoesNotHaveIsAFault() {
    #expect(throws: Fault.self) { try Frame.encode(.attach, json: [Double.nan]) }
    #expect(throws: Fault.self) { try Payload.decode(Attach.self, from: Array("{}".utf8)) }
    #expect(throws: Fault.self) { try Payload.decode(Attach.self, from: []) }
  }
}
