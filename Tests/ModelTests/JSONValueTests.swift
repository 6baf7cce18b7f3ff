import FoundationEssentials
import Model
import TestSupport
import Testing

@Suite struct JSONValueTests {
  @Test(
    arguments: [
      ("null", .null), ("true", true), ("false", false), ("0", 0), ("-7", -7), ("1.5", 1.5), ("\"\"", ""),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("18446744073709551616", .number(18_446_744_073_709_551_616)), ("1e300", .number(1e300)),
      ("\"1\"", "1"), ("\"true\"", "true"), ("[]", []), ("{}", [:]),
      ("[1,[null],{\"a\":false}]", [1, [nil], ["a": false]]),
      ("\"\\u00e9\\n\\ud83d\\ude00\"", "é\n😀"),
    ] as [(String, JSONValue)])
  func reads(_ json: String, _ value: JSONValue) throws {
    let read = try JSONDecoder().decode([JSONValue].self, from: Data("[\(json)]".utf8))
    #expect(read == [value])
    let again = try JSONDecoder().decode([JSONValue].self, from: try JSONEncoder().encode(read))
    #expect(again == read)
  }

  @Test func anyTreeGoesThereAndBack() throws {
    var random = Seeded(8)
    func tree(_ depth: Int) -> JSONValue {
      switch random.below(depth > 0 ? 7 : 5) {
      case 0: .null
      case 1: .bool(random.below(2) == 0)
      case 2: .integer(Int64(bitPattern: random.next()))
      case 3: .number(Double(random.below(1000)) + 0.5)
      case 4: .string(String(decoding: random.bytes(random.below(9)), as: UTF8.self))
      case 5: .array((0..<random.below(4)).map { _ in tree(depth - 1) })
      default:
        .object(
          Dictionary((0..<random.below(4)).map { ("k\($0)", tree(depth - 1)) }, uniquingKeysWith: { $1 }))
      }
    }
    for _ in 0..<300 {
      let value = tree(5)
      #expect(try JSONDecoder().decode(JSONValue.self, from: try JSONEncoder().encode(value)) == value)
    }
  }

  @Test func membersByKind() {
    let value: JSONValue = ["text": "t", "list": [1, 2.5], "truth": true, "text2": "u", "nothing": nil]
    #expect(value["text"]?.string == "t" && value["list"]?.array?.compactMap(\.number) == [1, 2.5])
    #expect(value["truth"]?.bool == true && value["nothing"] == .null && value["none"] == nil)
    #expect(value.string == nil && value.array == nil && value.bool == nil && value.number == nil)
    #expect(value["text"]?.object == nil && value["text"]?["x"] == nil && value.object?.count == 5)
    let twice: JSONValue = ["a": 1, "a": 2]
    #expect(twice == ["a": 2])
  }

  @Test func depthIsLimitedByTheReader() {
    let deep = Data((String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)).utf8)
    #expect(throws: (any Error).self) { try JSONDecoder().decode(JSONValue.self, from: deep) }
  }
}
