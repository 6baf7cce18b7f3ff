import Model
import Scheduling
import Wire

/// What the run's loop wants done, in this order.
enum Effect: Sendable {
  /// Number this activity. `sequence`: the node's record that it stands for. `output`: the bytes that it counts.
  case record(Activity, sequence: UInt64? = nil, output: ArraySlice<UInt8> = [])
  /// Write bytes to a file of the run's folder. It may stay open for more.
  case write(ArraySlice<UInt8>, file: String, offset: Int64, staysOpen: Bool)
  /// Nothing more comes for this file.
  case close(file: String)
  /// Everything up to this record of a node has been taken in, in this life of its agent.
  case acknowledge(node: String, UInt64, epoch: Int)
  /// Send these attempts to a node.
  case run(node: String, unit: UnitID, [AttemptPlan])
  /// End attempts on a node.
  case cancel(node: String, Cancel)
}

/// Two clocks, read at once.
struct Moment: Sendable {
  /// Seconds since the run began, by a clock that never jumps.
  var elapsed: Double
  /// The run's wall clock: where it began, moved on by that clock.
  var wall: Timestamp
}
