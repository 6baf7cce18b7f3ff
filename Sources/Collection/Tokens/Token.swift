import Model

/// A secret that lets its bearer write. 32 bytes from the system's generator, as text with a prefix that lets scanners
/// of leaked secrets know it.
public struct Token: Sendable {
  /// How every token begins.
  static let prefix = "sortie_"
  private static let length = 32

  /// The token as clients send it. Shown once to people, kept nowhere.
  public let text: String

  /// A new one.
  public init() {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    text = Self.prefix + hexadecimal(bytes)
  }

  /// What a client sent; nil if it has not the form of a token.
  init?(sent text: String) {
    guard text.utf8.count == Self.prefix.utf8.count + 2 * Self.length, text.hasPrefix(Self.prefix) else { return nil }
    self.text = text
  }

  /// The hash that the store keeps.
  public var hash: [UInt8] {
    var hash = SHA256()
    hash.update(text.utf8)
    return hash.finish()
  }
}
