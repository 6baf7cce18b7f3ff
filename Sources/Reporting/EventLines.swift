import FoundationEssentials
import Model

/// The event stream as JSON Lines: `events.jsonl`. Output bytes stay in the raw logs; the lines carry ranges of them.
public struct EventLines {
  private let encoder = JSONEncoder()

  /// Makes a writer; it may be used for any number of events.
  public init() {
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  }

  /// One event as one line, the newline included.
  public func line(_ event: Event) throws(Fault) -> [UInt8] {
    do {
      var bytes = Array(try encoder.encode(event))
      bytes.append(10)
      return bytes
    } catch {
      throw Fault(.damaged, "event \(event.number) cannot be written as JSON: \(error)")
    }
  }
}
