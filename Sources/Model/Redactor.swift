/// Blanks secrets out of a stream of bytes, also where a secret lies across chunk borders. Each secret byte becomes `*`,
/// so offsets stay what they were.
public struct Redactor: Sendable {
  private let secrets: [[UInt8]]
  private let longest: Int
  private var held: [UInt8] = []
  // Beside each held byte: whether it belongs to a secret that was already seen whole.
  private var isSecret: [Bool] = []

  /// A redactor for these values; empty ones are ignored. Longer secrets win over those they contain.
  public init(_ values: [String]) {
    secrets = values.filter { !$0.isEmpty }.map { Array($0.utf8) }.sorted { $0.count > $1.count }
    longest = secrets.first?.count ?? 0
  }

  /// True: there is nothing to look for, and bytes need not pass through here.
  public var isIdle: Bool { secrets.isEmpty }

  /// Takes bytes in and returns those that are settled. At most one byte less than the longest secret is held back, and
  /// only if those bytes could be the beginning of one.
  public mutating func push(_ bytes: some Collection<UInt8>) -> [UInt8] {
    hold(bytes)
    return release(held.count - undecided())
  }

  /// The rest, at the end of the stream. Where the stream is cut (`isCut`), what could be the beginning of a secret is
  /// blanked, too: nobody will see the rest of it.
  public mutating func finish(isCut: Bool = false) -> [UInt8] {
    if isCut { isSecret = isSecret.map { _ in true } }
    return release(held.count)
  }

  /// A whole text, blanked.
  public func redact(_ text: String) -> String {
    guard !isIdle else { return text }
    var fresh = self
    (fresh.held, fresh.isSecret) = ([], [])
    fresh.hold(Array(text.utf8))
    return String(decoding: fresh.finish(), as: UTF8.self)
  }

  private mutating func hold(_ bytes: some Collection<UInt8>) {
    held.append(contentsOf: bytes)
    isSecret.append(contentsOf: repeatElement(false, count: bytes.count))
    for secret in secrets where secret.count <= held.count {
      for index in 0...(held.count - secret.count)
      where held[index] == secret[0] && held[index..<index + secret.count].elementsEqual(secret) {
        for at in index..<index + secret.count { isSecret[at] = true }
      }
    }
  }

  private mutating func release(_ count: Int) -> [UInt8] {
    let settled = (0..<count).map { isSecret[$0] ? 0x2a : held[$0] }
    held.removeFirst(count)
    isSecret.removeFirst(count)
    return settled
  }

  private func undecided() -> Int {
    for length in stride(from: min(longest - 1, held.count), to: 0, by: -1) {
      let tail = held[(held.count - length)...]
      if secrets.contains(where: { $0.count > length && $0[..<length].elementsEqual(tail) }) { return length }
    }
    return 0
  }
}
