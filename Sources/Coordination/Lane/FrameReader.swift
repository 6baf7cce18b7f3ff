import Model
import Wire

/// Frames from a line.
struct FrameReader: Sendable {
  private let line: any NodeLine
  private var decoder = FrameDecoder()
  private var waiting: [Frame] = []

  /// Passes over whatever comes before the wire's magic.
  static func open(_ line: any NodeLine) async throws -> FrameReader {
    var scanner = MagicScanner()
    while true {
      guard let bytes = try await line.read() else {
        let noise = String(decoding: scanner.noise.suffix(400), as: UTF8.self)
        throw Fault(.link, "no agent answered" + (noise.isEmpty ? "" : ", but: \(noise.debugDescription)"))
      }
      if let rest = try scanner.push(bytes) {
        var reader = FrameReader(line: line)
        reader.decoder.push(rest)
        return reader
      }
    }
  }

  private init(line: any NodeLine) { self.line = line }

  /// The next frame. Throws `.link` at the end of the line.
  mutating func next() async throws -> Frame {
    while waiting.isEmpty { waiting = try await chunk() }
    return waiting.removeFirst()
  }

  /// All frames that one read completes; there may be none. Throws `.link` at the end of the line.
  mutating func chunk() async throws -> [Frame] {
    if !waiting.isEmpty {
      defer { waiting = [] }
      return waiting
    }
    var frames: [Frame] = []
    while let frame = try decoder.next() { frames.append(frame) }
    if !frames.isEmpty { return frames }
    guard let bytes = try await line.read() else { throw Fault(.link, "the link ended") }
    decoder.push(bytes)
    while let frame = try decoder.next() { frames.append(frame) }
    return frames
  }
}
