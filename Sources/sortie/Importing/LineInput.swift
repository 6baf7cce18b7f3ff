import Glibc
import Model

/// The lines of a file, one at a time. Only the current line is in memory, and none of more than the limit.
struct LineInput: ~Copyable {
  /// Bytes of the longest line that is read.
  static let limit = 64 << 20

  /// A line.
  struct Line: Sendable {
    /// From 1.
    var number: Int
    /// Where it begins, for ``LineInput/line(of:at:)``.
    var offset: Int
    /// Without its newline; nil: it is too long.
    var bytes: [UInt8]?
  }

  /// The file, as it was named; `-` is stdin.
  let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var position = 0
  private var offset = 0
  private var number = 0
  private var isAtEnd = false

  /// - Throws: `notFound` if the file cannot be opened.
  init(_ path: String) throws(Fault) {
    self.path = path
    descriptor = path == "-" ? dup(0) : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Fault(.notFound, "\(path): \(String(cString: strerror(errno)))") }
  }

  deinit { close(descriptor) }

  /// The next line; nil at the end.
  mutating func next() throws(Fault) -> Line? {
    var line = Line(number: number + 1, offset: offset, bytes: [])
    while true {
      if let end = buffer[position...].firstIndex(of: 10) {
        take(upTo: end, into: &line)
        position = end + 1
        offset += 1
        number += 1
        return line
      }
      take(upTo: buffer.count, into: &line)
      guard !isAtEnd else {
        guard offset > line.offset else { return nil }
        number += 1
        return line
      }
      try fill()
    }
  }

  /// A line of a file by its place; nil where the file cannot go back, or has changed.
  static func line(of path: String, at offset: Int) throws(Fault) -> [UInt8]? {
    var input = try LineInput(path)
    guard lseek(input.descriptor, off_t(offset), SEEK_SET) == off_t(offset) else { return nil }
    return try input.next()?.bytes
  }

  private mutating func take(upTo end: Int, into line: inout Line) {
    let piece = buffer[position..<end]
    offset += piece.count
    position = end
    guard let count = line.bytes?.count, count + piece.count <= Self.limit else { return line.bytes = nil }
    line.bytes?.append(contentsOf: piece)
  }

  private mutating func fill() throws(Fault) {
    var failure: Int32 = 0
    buffer = [UInt8](unsafeUninitializedCapacity: 256 << 10) { room, count in
      var got: Int
      repeat { got = read(descriptor, room.baseAddress, room.count) } while got < 0 && errno == EINTR
      failure = got < 0 ? errno : 0
      count = max(got, 0)
    }
    guard failure == 0 else { throw Fault(.system, "\(path) cannot be read: \(String(cString: strerror(failure)))") }
    isAtEnd = buffer.isEmpty
    position = 0
  }
}
