import Glibc

/// One attempt's output on its way into the consolidated log: bytes in any portions go in, whole lines come out.
struct OutputLines {
  /// Bytes of one line at most; longer ones are broken.
  static let longest = 8192

  /// `NODE CASE `, escaped.
  let columns: [UInt8]
  /// Where the rest is when the limit is reached.
  let log: String
  /// Bytes that may still come.
  private var room: Int64
  /// The beginning of a line whose end has not come yet; never more than ``longest`` and one byte.
  private var held: [UInt8] = []

  init(node: String, owner: String, log: String, limit: Int64) {
    columns = Array("\(column(node)) \(column(owner)) ".utf8)
    self.log = log
    room = max(0, limit)
  }

  /// Takes in a portion; `time` is the time column.
  mutating func add(_ output: UnsafeRawBufferPointer, time: [UInt8], to buffer: inout [UInt8]) {
    guard room >= 0 else { return }
    let taken = UnsafeRawBufferPointer(rebasing: output.prefix(Int(clamping: room)))
    var start = 0
    while start < taken.count, let base = taken.baseAddress {
      let length = taken.count - start
      guard let newline = memchr(base + start, 10, length) else {
        hold(UnsafeRawBufferPointer(start: base + start, count: length), time: time, to: &buffer)
        break
      }
      let end = UnsafeRawPointer(newline) - base
      finishLine(UnsafeRawBufferPointer(start: base + start, count: end - start), time: time, to: &buffer)
      start = end + 1
    }
    room -= Int64(output.count)
    if room < 0 { close(time: time, to: &buffer) }
  }

  /// Writes what is held back: output that ended without a newline.
  mutating func flush(time: [UInt8], to buffer: inout [UInt8]) {
    guard !held.isEmpty else { return }
    held.withUnsafeBytes { write($0, mark: "~", time: time, to: &buffer) }
    held.removeAll()
  }

  private mutating func close(time: [UInt8], to buffer: inout [UInt8]) {
    flush(time: time, to: &buffer)
    buffer += time
    buffer += columns
    buffer += Array("* … more in \(printable(log))\n".utf8)
  }

  private mutating func finishLine(_ end: UnsafeRawBufferPointer, time: [UInt8], to buffer: inout [UInt8]) {
    if held.isEmpty, end.count <= OutputLines.longest {
      write(end, mark: "|", time: time, to: &buffer)
      return
    }
    hold(end, time: time, to: &buffer)
    held.withUnsafeBytes { write($0, mark: "|", time: time, to: &buffer) }
    held.removeAll(keepingCapacity: true)
  }

  /// Keeps the beginning of a line, and writes away what is too much of it. A break depends on the line's bytes only,
  /// never on the portions they came in, and does not go through a character.
  private mutating func hold(_ bytes: UnsafeRawBufferPointer, time: [UInt8], to buffer: inout [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let portion = rest.prefix(OutputLines.longest + 1 - held.count)
      held.append(contentsOf: portion)
      rest = rest.dropFirst(portion.count)
      guard held.count > OutputLines.longest else { return }
      var cut = OutputLines.longest
      while cut > OutputLines.longest - 3, held[cut] & 0xc0 == 0x80 { cut -= 1 }
      held.withUnsafeBytes { all in
        write(UnsafeRawBufferPointer(rebasing: all[..<cut]), mark: ">", time: time, to: &buffer)
      }
      held.removeFirst(cut)
    }
  }

  private func write(
    _ line: UnsafeRawBufferPointer, mark: Unicode.Scalar, time: [UInt8], to buffer: inout [UInt8]
  ) {
    buffer += time
    buffer += columns
    buffer.append(UInt8(ascii: mark))
    buffer.append(32)
    // A carriage return before the newline is part of the line's end.
    let text = mark == "|" && line.last == 13 ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    appendPrintable(text, to: &buffer)
    buffer.append(10)
  }
}
