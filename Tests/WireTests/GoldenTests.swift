import Model
import TestSupport
import Testing
import Wire

/// What is on the wire, byte for byte: who changes it sees it here, and has to think of the peers that are out there.
@Suite struct GoldenTests {
  static let attempt = AttemptID(rawValue: "r1.ping.1")
  static let time = Timestamp(nanoseconds: 1_795_221_394_123_456_000)
  static let stamp = "2026-11-21T00:36:34.123456Z"

  static let attach = Attach(
    version: "0.1.0", run: RunID(rawValue: "r1"), node: "n1", received: 7, life: "17-1",
    held: [HeldAttempt(attempt: attempt, output: 12)], slots: 2, lease: 900,
    environment: ["OS_USER": "é/x"], secrets: ["s3"], python: "/usr/bin/python3")
  static let attachJSON =
    #"{"environment":{"OS_USER":"é/x"},"held":[{"attempt":"r1.ping.1","output":12}],"lease":900,"life":"17-1","#
    + #""node":"n1","python":"/usr/bin/python3","received":7,"run":"r1","#
    + #""secrets":["s3"],"slots":2,"version":"0.1.0","wire":{"highest":1,"lowest":1}}"#

  static let order = AttemptOrder(
    attempt: attempt, id: CaseID(rawValue: "ping@n1"), name: "ping", project: "functest", tier: "smoke",
    unit: UnitID(rawValue: "u1"), fence: 3,
    run: RunSpec(
      driver: "xtesting", entry: .type(module: "m", name: "C"), args: ["argv": ["a", 1, 1.5, nil]],
      environment: ["E": "1"]), criteria: .percentage(80), environment: ["A": "b"],
    files: [FileEntry(path: "d/f", isExecutable: true, hash: "00ff", size: 5)], artifacts: ["*.xml"], timeout: 60,
    grace: 2.5, outputLimit: 1024, artifactLimit: 2048)
  static let orderJSON =
    #"{"artifactLimit":2048,"artifacts":["*.xml"],"attempt":"r1.ping.1","criteria":80,"environment":{"A":"b"},"fence":3,"#
    + #""files":[{"hash":"00ff","isExecutable":true,"path":"d/f","size":5}],"grace":2.5,"id":"ping@n1","name":"ping","#
    + #""outputLimit":1024,"project":"functest","run":{"args":{"argv":["a",1,1.5,null]},"driver":"xtesting","#
    + #""entry":{"type":{"module":"m","name":"C"}},"environment":{"E":"1"}},"tier":"smoke","timeout":60,"unit":"u1"}"#

  static let welcome = Welcome(
    wire: 1, version: "0.1.0", life: "17-1",
    facts: NodeFacts(
      system: "Linux 6", architecture: "x86_64", cores: 2, memory: 1, diskFree: 2, clockOffset: 0.5,
      clockUncertainty: 0.25, machine: "m", directory: "/d", slots: 2, warnings: ["w"]), sequence: 9,
    acknowledged: 4, attempts: [attempt], time: time)
  static let welcomeJSON =
    #"{"acknowledged":4,"attempts":["r1.ping.1"],"facts":{"architecture":"x86_64","clockOffset":0.5,"clockUncertainty":0.25,"cores":2,"#
    + #""directory":"/d","diskFree":2,"machine":"m","memory":1,"slots":2,"system":"Linux 6","warnings":["w"]},"#
    + #""life":"17-1","sequence":9,"time":"\#(stamp)","version":"0.1.0","wire":1}"#

  static let events: [(NodeEvent, String)] = [
    (.started(attempt, began: time), #"{"attempt":"r1.ping.1","began":"\#(stamp)","event":"started"}"#),
    (
      .artifact(attempt, stream: 2, path: "a/b.xml", size: 5, isCut: true),
      #"{"attempt":"r1.ping.1","cut":true,"event":"artifact","path":"a/b.xml","size":5,"stream":2}"#
    ),
    (
      .finished(
        attempt,
        Outcome(
          verdict: .fail, result: 0, reason: "exit status 3", ending: .exited(3), started: time, stopped: time,
          duration: 0.5, details: ["n": 1], leaked: ["sleep (7)"], outputDropped: 4)),
      #"{"attempt":"r1.ping.1","event":"finished","outcome":{"details":{"n":1},"duration":0.5,"ending":{"exited":3},"#
        + #""leaked":["sleep (7)"],"outputDropped":4,"reason":"exit status 3","result":0,"started":"\#(stamp)","#
        + #""stopped":"\#(stamp)","verdict":"fail"}}"#
    ),
    (
      .notice(.init(.warning, "t", node: "n1")),
      #"{"event":"notice","notice":{"level":"warning","node":"n1","text":"t"}}"#
    ),
    (.unknown("later"), #"{"event":"later"}"#),
  ]

  @Test func theMagic() { #expect(hexadecimal(Magic.bytes) == "0102534f525449452d5749524503040a") }

  @Test func jsonFrames() throws {
    try expect(Frame.encode(.attach, json: Self.attach), "01", Self.attachJSON)
    try expect(Frame.encode(.run, json: Self.order), "04", Self.orderJSON)
    try expect(Frame.encode(.welcome, json: Self.welcome), "40", Self.welcomeJSON)
    let offer = Offer(blobs: ["00ff": 5, "ab": 0])
    try expect(Frame.encode(.offer, json: offer), "02", #"{"blobs":{"00ff":5,"ab":0}}"#)
    try expect(Frame.encode(.want, json: offer), "42", #"{"blobs":{"00ff":5,"ab":0}}"#)
    try expect(Frame.encode(.cancel, json: Cancel(attempts: nil)), "05", #"{"now":false}"#)
    try expect(
      Frame.encode(.cancel, json: Cancel(attempts: [Self.attempt], now: true)), "05",
      #"{"attempts":["r1.ping.1"],"now":true}"#)
    try expect(
      Frame.encode(.refused, json: Fault(.busy, "in use", hint: "wait")), "41",
      #"{"code":"busy","hint":"wait","message":"in use"}"#)
  }

  @Test func jsonFramesAreReadBack() throws {
    #expect(try Payload.decode(Attach.self, from: Array(Self.attachJSON.utf8)) == Self.attach)
    #expect(try Payload.decode(AttemptOrder.self, from: Array(Self.orderJSON.utf8)) == Self.order)
    #expect(try Payload.decode(Welcome.self, from: Array(Self.welcomeJSON.utf8)) == Self.welcome)
  }

  /// Sortie 0.1 says less.
  @Test func olderFirstWordsAreRead() throws {
    let older =
      #"{"environment":{},"lease":900,"node":"n1","received":7,"run":"r1","secrets":[],"version":"0.1.0","#
      + #""wire":{"highest":1,"lowest":1}}"#
    let attach = try Payload.decode(Attach.self, from: Array(older.utf8))
    #expect(attach.life == nil && attach.held == [] && attach.received == 7)
    let welcome = Self.welcomeJSON.replacing(#""acknowledged":4,"#, with: "")
    #expect(try Payload.decode(Welcome.self, from: Array(welcome.utf8)).acknowledged == nil)
  }

  @Test func events() throws {
    for (event, json) in Self.events {
      let frame = try Frame.encode(event, sequence: 0x0102_0304_0506_0708)
      let length = 8 + json.utf8.count
      #expect(
        hexadecimal(frame.prefix(16)) == hexadecimal([UInt8(length & 255), UInt8(length >> 8), 0, 0, 67, 0, 0, 0])
          + "0807060504030201")
      #expect(String(decoding: frame.dropFirst(16), as: UTF8.self) == json)
      let (sequence, read) = try Frame.decodeEvent(frame[8...])
      #expect(sequence == 0x0102_0304_0506_0708 && read == event)
    }
  }

  @Test func binaryFrames() throws {
    let header = DataHeader(sequence: 258, offset: 1 << 40, stream: 3, attempt: AttemptID(rawValue: "r1"))
    #expect(hexadecimal(header.encoded) == "0201000000000000" + "0000000000010000" + "0300" + "0200" + "7231")
    #expect(
      hexadecimal(Frame.encode(.data, header.encoded + [255])) == "1700000044000000" + hexadecimal(header.encoded)
        + "ff")
    let (read, bytes) = try DataHeader.split((header.encoded + [1, 2, 3])[...])
    #expect(read == header && Array(bytes) == [1, 2, 3])

    let part = BlobPart(hash: Array(0..<32), offset: 258, bytes: [9, 8])
    let payload = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" + "0201000000000000" + "0908"
    #expect(hexadecimal(Frame.encode(.blob, part.payload)) == "2a00000003000000" + payload)
    #expect(try BlobPart(payload: part.payload[...]) == part)

    #expect(hexadecimal(Frame.encode(.bye, [])) == "0000000007000000")
    #expect(hexadecimal(Frame.encode(.ping, [1, 2, 3, 4, 5, 6, 7, 8])) == "0800000008000000" + "0102030405060708")
    #expect(hexadecimal(Frame.encode(.pong, Array(0..<16))).hasPrefix("1000000045000000"))
    var number: [UInt8] = []
    number.append(littleEndian: UInt64(258))
    #expect(hexadecimal(Frame.encode(.acknowledge, number)) == "0800000006000000" + "0201000000000000")
  }

  @Test func numbersGoThereAndBack() {
    var random = Seeded(1)
    for _ in 0..<500 {
      let value = Int64(bitPattern: random.next())
      var bytes: [UInt8] = []
      bytes.append(littleEndian: value)
      #expect(bytes.count == 8 && Int64(littleEndian: bytes[...]) == value)
      #expect(UInt16(littleEndian: bytes[2...]) == UInt16(truncatingIfNeeded: value >> 16))
    }
    #expect(UInt64(littleEndian: []) == 0 && UInt32(littleEndian: [1]) == 1)
  }

  private func expect(_ frame: [UInt8], _ kind: String, _ json: String) throws {
    let length = json.utf8.count
    #expect(
      hexadecimal(frame.prefix(8)) == hexadecimal([UInt8(length & 255), UInt8(length >> 8)]) + "0000\(kind)000000")
    #expect(String(decoding: frame.dropFirst(8), as: UTF8.self) == json)
  }
}
