import Model
import Wire

/// Measures how far a node's wall clock is from ours, from pings: the one with the shortest round trip tells best.
struct ClockOffset: Sendable {
  /// The node's clock minus ours, in milliseconds; nil before the first pong.
  private(set) var milliseconds: Double?
  /// Half that ping's round trip, in milliseconds.
  private(set) var uncertainty: Double?
  /// 200 years in nanoseconds. A clock without a battery says 1970; one that says more than this is a lie, and times
  /// corrected by it could not be written.
  private static let limit: UInt64 = 6_300_000_000_000_000_000
  private let wall: @Sendable () -> Timestamp

  init(wall: @escaping @Sendable () -> Timestamp) { self.wall = wall }

  /// A ping frame that carries when it was sent.
  func ping() -> [UInt8] {
    var payload: [UInt8] = []
    payload.append(littleEndian: wall().nanoseconds)
    return Frame.encode(.ping, payload)
  }

  /// Takes the answer in.
  mutating func pong(_ payload: ArraySlice<UInt8>) {
    guard payload.count >= 16 else { return }
    let sent = Int64(littleEndian: payload)
    let theirs = Int64(littleEndian: payload.dropFirst(8))
    let back = wall().nanoseconds
    let half = Double(back &- sent) / 2e6
    let ahead = theirs &- sent
    guard half >= 0, half < uncertainty ?? .infinity, ahead.magnitude < ClockOffset.limit else { return }
    uncertainty = half
    milliseconds = Double(ahead) / 1e6 - half
  }
}
