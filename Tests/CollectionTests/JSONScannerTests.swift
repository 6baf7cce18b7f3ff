import Foundation
import Testing

@testable import Dialects

@Suite struct JSONScannerTests {
  /// The words and places are CPython 3.11's.
  @Test(arguments: [
    ("", "Expecting value: line 1 column 1 (char 0)"), (" ", "Expecting value: line 1 column 2 (char 1)"),
    ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("[", "Expecting value: line 1 column 2 (char 1)"),
    ("{bad", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ("notjson", "Expecting value: line 1 column 1 (char 0)"),
    ("{\"a\"}", "Expecting ':' delimiter: line 1 column 5 (char 4)"),
    ("{\"a\":}", "Expecting value: line 1 column 6 (char 5)"),
    ("{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"),
    ("[1,]", "Expecting value: line 1 column 4 (char 3)"),
    ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
    ("\"abc", "Unterminated string starting at: line 1 column 1 (char 0)"),
    ("\"a\tb\"", "Invalid control character at: line 1 column 3 (char 2)"),
    ("\"\\x\"", "Invalid \\escape: line 1 column 2 (char 1)"),
    ("\"\\u12g4\"", "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
    ("1 2", "Extra data: line 1 column 3 (char 2)"), ("01", "Extra data: line 1 column 2 (char 1)"),
    ("-", "Expecting value: line 1 column 1 (char 0)"), ("1.", "Extra data: line 1 column 2 (char 1)"),
    ("1e", "Extra data: line 1 column 2 (char 1)"), ("tru", "Expecting value: line 1 column 1 (char 0)"),
    ("{\"a\":1 \"b\"}", "Expecting ',' delimiter: line 1 column 8 (char 7)"),
    ("\n\n{\"é\":x}", "Expecting value: line 3 column 6 (char 7)"),
    ("{\"a\":1", "Expecting ',' delimiter: line 1 column 7 (char 6)"),
    ("[,]", "Expecting value: line 1 column 2 (char 1)"),
    ("{\"a\":[1,{\"b\":tru}]}", "Expecting value: line 1 column 14 (char 13)"),
    ("NaN", "Expecting value: line 1 column 1 (char 0)"), ("[-Infinity]", "Expecting value: line 1 column 2 (char 1)"),
    ("\"\\ud800\"", "Lone surrogate: line 1 column 2 (char 1)"),
    ("\"\\udc00\\ud800\"", "Lone surrogate: line 1 column 2 (char 1)"),
    ("\"\\ud800\\u0041\"", "Lone surrogate: line 1 column 2 (char 1)"),
    ("{\"a\"\u{0}:1}", "Expecting ':' delimiter: line 1 column 5 (char 4)"),
  ])
  func refusals(_ text: String, _ problem: String) {
    let error = #expect(throws: JSONMalformed.self) { try JSONBody(Array(text.utf8)) }
    #expect(error?.description == problem)
  }

  @Test func membersComeDecodedOrAsText() throws {
    let text = #" {"s" : "a\u00e9\ud83d\ude00\n\/", "n":-1.50E+3,"k\"":null, "o": { "x" : [ 1 , {} ] } ,"n":2 } "#
    let expected: [String: SentValue] = [
      "s": .string("aé\u{1F600}\n/"), "n": .other(json: "2"), "k\"": .null, "o": .other(json: #"{ "x" : [ 1 , {} ] }"#),
    ]
    #expect(try JSONBody(Array(text.utf8)) == .object(expected))
    #expect(try JSONBody(Array("{}".utf8)) == .object([:]))
    #expect(try JSONBody(Array(" null".utf8)) == .null)
    #expect(
      try JSONBody(Array(" [ {\"a\":[1,2]} , \"b\",null,[] ]".utf8))
        == .array([.other(json: "{\"a\":[1,2]}"), .string("b"), .null, .other(json: "[]")]))
    #expect(try JSONBody(Array("[]".utf8)) == .array([]))
  }

  @Test func limits() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    #expect(throws: Never.self) { try JSONBody(nested(512)) }
    #expect(throws: JSONMalformed.self) { try JSONBody(nested(513)) }
    #expect(throws: JSONMalformed.self) { try JSONBody(Array(String(repeating: "[", count: 1_000_000).utf8)) }
    #expect(try JSONBody(Array(String(repeating: "1", count: 1024).utf8)) == .other)
    #expect(throws: JSONMalformed.self) { try JSONBody(Array(String(repeating: "1", count: 1025).utf8)) }
    let members = (0...1024).map { "\"\($0)\":0" }.joined(separator: ",")
    #expect(throws: JSONMalformed.self) { try JSONBody(Array("{\(members)}".utf8)) }
    for bytes: [UInt8] in [[0x22, 0xFF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D]] {
      #expect(throws: JSONMalformed.self) { try JSONBody(bytes) }
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    for text in ["", "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}\u{7F}", "é\u{2028}\u{1F600}", "u'\u{0}'"] {
      let json = SentValue.string(text).json
      #expect(try JSONBody(Array("{\"a\":\(json)}".utf8)) == .object(["a": .string(text)]))
    }
  }

  /// Mutated texts: the verdict is Foundation's, except where this scanner is the stricter one on purpose.
  @Test func verdictsAgreeWithAnotherReader() {
    var random = SplitMix(state: 20_261_121)
    let seeds = [
      #"{"a":[1,2.5e-3,true,false,null,"x\n\u00e9"],"b":{"c":{}}}"#, #"[[],{},"",0,-0.0,1E5]"#,
      #"{"k":"\ud83d\ude00"}"#,
    ].map { Array($0.utf8) }
    let alphabet = Array("{}[]\",:\\/0123456789.eE+-tfnul \n\u{1}aud8".utf8)
    for _ in 0..<4000 {
      var bytes = seeds[Int(random.next() % 3)]
      for _ in 0...random.next() % 3 {
        let place = Int(random.next() % UInt64(bytes.count))
        switch random.next() % 3 {
        case 0: bytes[place] = alphabet[Int(random.next() % UInt64(alphabet.count))]
        case 1: bytes.insert(alphabet[Int(random.next() % UInt64(alphabet.count))], at: place)
        default: bytes.remove(at: place)
        }
      }
      let ours = (try? JSONBody(bytes)) != nil
      let theirs = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
      if ours { #expect(theirs, "\(String(decoding: bytes, as: UTF8.self))") }
      if theirs, !ours {
        #expect(String(decoding: bytes, as: UTF8.self).contains("\\u"), "\(String(decoding: bytes, as: UTF8.self))")
      }
    }
  }
}

/// A small generator whose numbers follow from its seed.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

@Suite struct PythonTextTests {
  @Test(arguments: [
    ("nope", "u'nope'"), ("café", #"u'caf\xe9'"#), ("it's", #"u"it's""#), (#"it's "x""#, #"u'it\'s "x"'"#),
    ("\r\n\t\u{0}\u{1F}\u{7F}\u{85}", #"u'\r\n\t\x00\x1f\x7f\x85'"#), ("\\", #"u'\\'"#), ("\u{20AC}", #"u'\u20ac'"#),
    ("\u{1F600}", #"u'\U0001f600'"#), ("\"", "u'\"'"), ("'\u{301}", #"u"'\u0301""#), ("", "u''"),
  ])
  func unicodeIsShownAsPythonDoes(_ text: String, _ shown: String) {
    #expect(PythonRepr.unicode(text) == shown)
  }

  @Test(arguments: [
    ("5", 5), (" -7 ", -7), ("+3", 3), ("007", 7), ("99999999999999999999", Int.max),
    ("-99999999999999999999", Int.min),
    ("", nil), ("1.0", nil), ("0x1", nil), ("--1", nil), ("1 2", nil), ("٣", nil),
  ])
  func integersAreReadAsPythonDoes(_ text: String, _ number: Int?) {
    #expect(PythonInt.parse(text) == number)
  }
}
