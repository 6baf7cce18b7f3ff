/// How patient an outbox is. All times in seconds.
public struct DeliveryPolicy: Hashable, Sendable {
  /// Before the first repetition.
  public var firstDelay: Double
  /// Where the doubling of delays ends.
  public var longestDelay: Double
  /// After a request whose answer was lost: until the server is asked what came of it.
  public var settle: Double
  /// After so many failures an entry no longer holds back those behind it.
  public var patience: Int
  /// Where more entries than these wait for a server, stages of what is known better by now are dropped.
  public var room: Int

  /// A second, five minutes, ten seconds, three times, a thousand.
  public init(
    firstDelay: Double = 1, longestDelay: Double = 300, settle: Double = 10, patience: Int = 3, room: Int = 1000
  ) {
    self.room = room
    self.firstDelay = firstDelay
    self.longestDelay = longestDelay
    self.settle = settle
    self.patience = patience
  }

  /// Seconds after the `failures`th failure in a row (from 1): doubling, and half of it by chance, so that many clients
  /// of a server that was down do not come back at once. `random` lies in 0 ..< 1. A server may ask for longer, up to
  /// an hour.
  func delay(failures: Int, random: Double, askedFor: Double? = nil) -> Double {
    var ceiling = firstDelay
    for _ in 1..<min(max(1, failures), 64) where ceiling < longestDelay { ceiling *= 2 }
    let own = min(ceiling, longestDelay) * (0.5 + 0.5 * random)
    return max(own, min(askedFor ?? 0, 3600))
  }
}
