import FoundationEssentials
import Glibc

/// Public keys in the encoding of RFC 4253, and where key files keep them in the clear.
enum KeyBlob {
  /// The type that a blob names first.
  static func type(_ blob: [UInt8]) -> String? {
    var reader = Reader(bytes: blob)
    return reader.string().flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// The public key that belongs to a private key file: from `PATH.pub`, else from the file's own unencrypted part
  /// (OpenSSH's format has one). Nil if neither says.
  static func ofIdentity(_ path: String) -> [UInt8]? {
    if let text = content(path + ".pub") {
      let words = text.split(whereSeparator: \.isWhitespace)
      if words.count >= 2, let blob = Data(base64Encoded: String(words[1])) { return Array(blob) }
    }
    guard let text = content(path), text.contains("BEGIN OPENSSH PRIVATE KEY") else { return nil }
    let body = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }.joined()
    guard let bytes = Data(base64Encoded: body) else { return nil }
    // PROTOCOL.key of OpenSSH: magic, cipher, kdf, kdf options, number of keys, public key.
    let magic = Array("openssh-key-v1\0".utf8)
    guard bytes.starts(with: magic) else { return nil }
    var reader = Reader(bytes: Array(bytes.dropFirst(magic.count)))
    for _ in 0..<3 where reader.string() == nil { return nil }
    guard reader.number() == 1 else { return nil }
    return reader.string()
  }

  /// A key file's text; nil if it cannot be read or is larger than any key.
  private static func content(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
      count = max(read(file, buffer.baseAddress, buffer.count), 0)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads numbers and length-prefixed strings.
  struct Reader {
    var bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func number() -> Int? {
      guard bytes.count - offset >= 4 else { return nil }
      defer { offset += 4 }
      return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    mutating func string() -> [UInt8]? {
      guard let length = number(), length <= bytes.count - offset else { return nil }
      defer { offset += length }
      return Array(bytes[offset..<offset + length])
    }
  }

  /// A length-prefixed string.
  static func string(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }

  /// A number in four bytes.
  static func number(_ value: Int) -> [UInt8] {
    [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }
}
