import Model
import TestSupport
import Testing

@Suite struct SHA256Tests {
  /// FIPS 180-4 examples and the usual long one.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func vectors(_ text: String, _ hash: String) { #expect(SHA256.hex(text.utf8) == hash) }

  @Test func anyChunksGiveTheSameHash() {
    var random = Seeded(5)
    for length in [1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1000] {
      let bytes = random.bytes(length)
      var hash = SHA256()
      var index = 0
      while index < length {
        let next = min(length, index + random.below(70))
        hash.update(bytes[index..<next])
        index = next
      }
      #expect(hexadecimal(hash.finish()) == SHA256.hex(bytes), "\(length) bytes")
    }
  }

  @Test func sequencesWithoutStorageCount() {
    #expect(SHA256.hex(sequence(first: UInt8(97)) { $0 < 99 ? $0 + 1 : nil }) == SHA256.hex("abc".utf8))
  }

  @Test(.enabled(if: Python.isThere, "needs python3")) func agreesWithPython() throws {
    var random = Seeded(6)
    let messages = (0..<300).map { random.bytes($0 < 200 ? $0 : random.below(2000)) }
    let script = """
      import hashlib, sys
      for line in sys.stdin:
          print(hashlib.sha256(bytes.fromhex(line[1:])).hexdigest())
      """
    let expected = try Python.run(script, messages.map { "x" + hexadecimal($0) })
    #expect(messages.map { SHA256.hex($0) } == expected)
  }

  @Test func hexadecimalGoesThereAndBack() {
    var random = Seeded(7)
    for length in 0..<50 {
      let value = random.bytes(length)
      #expect(bytes(hexadecimal: hexadecimal(value)) == value)
      #expect(bytes(hexadecimal: hexadecimal(value).uppercased()) == value)
    }
  }

  @Test(arguments: ["a", "0g", "0x", " 0", "é", "１１", "00 ", "-1", "00\n"])
  func noHexadecimal(_ text: String) { #expect(bytes(hexadecimal: text) == nil) }
}
