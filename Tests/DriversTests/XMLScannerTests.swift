import Model
import Testing

@testable import Drivers

struct XMLScannerTests {
  static func events(_ bytes: some Sequence<UInt8>) throws(Fault) -> [XMLEvent] {
    var scanner = XMLScanner(Array(bytes))
    var events: [XMLEvent] = []
    while let event = try scanner.next() { events.append(event) }
    return events
  }

  static let documents: [(String, [XMLEvent])] = [
    ("<a/>", [.start("a", [:]), .end("a")]),
    ("\u{FEFF}<?xml version='1.0'?>\n<a></a >\n", [.start("a", [:]), .end("a")]),
    ("<a b='1' c:d = \"2\"/>", [.start("a", ["b": "1", "c:d": "2"]), .end("a")]),
    ("<a b='&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;'/>", [.start("a", ["b": "<>&\"'A😀"]), .end("a")]),
    ("<a>x &amp;amp; y</a>", [.start("a", [:]), .text("x &amp; y"), .end("a")]),
    (
      "<a>1<!-- <b> -- -->2<![CDATA[<c>&lt;]]]>3</a><!-- end -->",
      [.start("a", [:]), .text("1"), .text("2"), .text("<c>&lt;]"), .text("3"), .end("a")]
    ),
    ("<a><?do it?><b/>\n</a>", [.start("a", [:]), .start("b", [:]), .end("b"), .text("\n"), .end("a")]),
    ("<ä ö='ü'>ß</ä>", [.start("ä", ["ö": "ü"]), .text("ß"), .end("ä")]),
  ]

  @Test(arguments: documents)
  func documentsAreRead(text: String, expected: [XMLEvent]) throws {
    #expect(try Self.events(text.utf8) == expected)
  }

  static let damaged = [
    "", "   ", "x", "<", "<a", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "</a>", "<a b/>", "<a b=1/>", "<a b='1/>",
    "<a b='<'/>",
    "<a b='1' b='2'/>", "<a b='1'c='2'/>", "<a>&nope;</a>", "<a>&</a>", "<a>&#xD800;</a>", "<a>&#x110000;</a>",
    "<a>&#-5;</a>", "<a>&#+5;</a>", "<a>&#;</a>", "<a><!-- </a>", "<a><![CDATA[ </a>", "<a><!x></a>",
    "<![CDATA[x]]><a/>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "< a/>", "<a><?pi</a>",
  ]

  @Test(arguments: damaged)
  func whatIsNotWellFormedIsRefused(text: String) {
    #expect(throws: Fault.self) { try Self.events(text.utf8) }
  }

  @Test func limitsHold() {
    let deep = String(repeating: "<a>", count: 257)
    let wide = "<a \((0..<200).map { "b\($0)='1'" }.joined(separator: " "))/>"
    let long = "<\(String(repeating: "a", count: 300))/>"
    for text in [deep, wide, long] {
      let fault = #expect(throws: Fault.self) { try Self.events(text.utf8) }
      #expect(fault?.code == .limit)
    }
  }

  /// Whatever bytes come: events or a fault, and no more of them than bytes. The seeds are fixed.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func mutatedDocumentsNeverCrash(seed: UInt64) {
    var random = SplitMix(state: seed)
    let original = Array((ResultFileTests.mixed + ResultFileTests.robot(1, 2, 3)).utf8)
    let marks = Array("<>/&;'\"![]-?= \u{0}\u{FF}aCDATA#x".utf8)
    for _ in 0..<200 {
      var bytes = Array(original[0..<Int(random.next(below: UInt64(original.count)))])
      for _ in 0..<random.next(below: 6) where !bytes.isEmpty {
        let place = Int(random.next(below: UInt64(bytes.count)))
        let mark = marks[Int(random.next(below: UInt64(marks.count)))]
        if random.next(below: 2) == 0 { bytes[place] = mark } else { bytes.insert(mark, at: place) }
      }
      var scanner = XMLScanner(bytes)
      var count = 0
      do { while try scanner.next() != nil { count += 1 } } catch { #expect(!error.message.isEmpty) }
      #expect(count <= bytes.count)
      _ = try? Tally.junit(bytes)
      _ = try? Tally.robot(bytes)
    }
  }
}

/// A small generator with a seed (splitmix64).
struct SplitMix {
  var state: UInt64

  mutating func next(below bound: UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return (value ^ (value >> 31)) % bound
  }
}
