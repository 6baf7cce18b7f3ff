/// What a CI job's tag says. Contract: the Test API, "Version and loop from BUILD_TAG".
public enum BuildTag {
  /// The version that a result carries: group 2 of Python's `re.search("(dai|week)ly-(.+?)-[0-9]*", tag)`, else
  /// `unknown`; so `…-daily-master-190` gives `master`, and `…-daily-stable-danube-12` gives `stable`.
  public static func version(of tag: String?) -> String {
    guard let tag else { return "unknown" }
    let bytes = Array(tag.utf8)
    for start in bytes.indices {
      guard let begin = loopEnd(in: bytes, at: start), let end = lazyEnd(in: bytes, from: begin) else { continue }
      return String(decoding: bytes[begin..<end], as: UTF8.self)
    }
    return "unknown"
  }

  private static let loops = [Array("daily-".utf8), Array("weekly-".utf8)]

  /// Where `(dai|week)ly-` ends if it starts here.
  private static func loopEnd(in bytes: [UInt8], at start: Int) -> Int? {
    for loop in loops where bytes[start...].starts(with: loop) { return start + loop.count }
    return nil
  }

  /// Where `.+?` ends before the first `-` that can follow it: at least one character, none of them a line feed. The
  /// `[0-9]*` behind matches anything. Working on UTF-8 is safe: neither byte occurs inside a longer sequence.
  private static func lazyEnd(in bytes: [UInt8], from begin: Int) -> Int? {
    guard begin < bytes.count, bytes[begin] != UInt8(ascii: "\n") else { return nil }
    for index in bytes[begin...].indices.dropFirst() {
      if bytes[index] == UInt8(ascii: "-") { return index }
      if bytes[index] == UInt8(ascii: "\n") { return nil }
    }
    return nil
  }
}
