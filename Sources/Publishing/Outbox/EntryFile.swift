import Dialects
import Model

/// An entry's file name: `NUMBER-HASH.json`, and `NUMBER-HASH.sent.json` once the entry may have reached its server. The
/// number, nanoseconds since 1970, orders the entries; the hash tells apart what two processes put in at once.
struct EntryFile: Hashable, Sendable {
  /// What stays the same when the entry is sent.
  let stem: String
  let number: Int64
  var isSent = false

  var name: String { stem + (isSent ? ".sent.json" : ".json") }
  /// The half that names server and submission.
  var hash: Substring { stem.suffix(16) }

  init(number: Int64, key: OutboxEntry.Key) {
    self.number = number
    // FNV-1a, 64 bits.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in (key.server + "\n" + key.submission.rawValue).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    stem = Self.padded(String(number), 20) + "-" + Self.padded(String(hash, radix: 16), 16)
  }

  /// Nil if the file is no entry.
  init?(name: String) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.last == "json", parts.count == 2 || parts.count == 3 && parts[1] == "sent" else { return nil }
    let halves = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard halves.count == 2, halves[0].utf8.count == 20, halves[1].utf8.count == 16, let number = Int64(halves[0]),
      number >= 0
    else { return nil }
    stem = String(parts[0])
    self.number = number
    isSent = parts.count == 3
  }

  private static func padded(_ digits: String, _ width: Int) -> String {
    String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
