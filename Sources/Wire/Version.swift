import Model

/// The range of wire versions that one side speaks. A running agent serves whoever shares a version with it, whatever
/// the hash of its executable.
public struct WireVersions: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The oldest version spoken.
  public var lowest: Int
  /// The newest version spoken.
  public var highest: Int

  /// Makes a range.
  public init(lowest: Int, highest: Int) {
    self.lowest = lowest
    self.highest = highest
  }

  /// What this build speaks.
  public static let current = WireVersions(lowest: 1, highest: 1)

  /// The newest version that both speak; nil if there is none.
  public func common(with other: WireVersions) -> Int? {
    let version = min(highest, other.highest)
    return version >= max(lowest, other.lowest) ? version : nil
  }

  /// `1` or `1-3`.
  public var description: String { lowest == highest ? "\(lowest)" : "\(lowest)-\(highest)" }
}
