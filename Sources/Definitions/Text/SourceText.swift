import Model

/// The text of a file that people write, and where its lines begin, so that faults can show the line they mean.
///
/// Lines end as YAML 1.1 says: LF, CR, CR LF, NEL, LS or PS.
public struct SourceText: Sendable {
  /// The path as the user named it.
  public let file: String
  /// The text, without a byte order mark.
  public let text: String
  /// Byte offsets in the text at which lines begin.
  private let lineStarts: [Int]

  /// Takes a text that was read from `file`.
  public init(file: String, text: String) {
    var text = text
    text.makeContiguousUTF8()
    self.file = file
    self.text = text
    lineStarts = text.utf8.withContiguousStorageIfAvailable(Self.lineStarts(in:)) ?? [0]
  }

  /// How many lines there are; an empty text has one.
  public var lineCount: Int { lineStarts.count }

  /// A line without its line break; nil if there is no such line.
  ///
  /// - Parameter number: The line, from 1.
  public func line(_ number: Int) -> Substring? {
    guard number >= 1, number <= lineStarts.count else { return nil }
    let end = number < lineStarts.count ? lineStarts[number] : text.utf8.count
    var line = text.utf8[index(lineStarts[number - 1])..<index(end)]
    for ending in ["\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"] where line.count >= ending.utf8.count {
      if line.suffix(ending.utf8.count).elementsEqual(ending.utf8) {
        line = line.dropLast(ending.utf8.count)
        break
      }
    }
    return Substring(line)
  }

  /// The place of a byte.
  func location(ofByte offset: Int) -> SourceLocation {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    let before = text.unicodeScalars[index(lineStarts[low])..<index(min(offset, text.utf8.count))]
    return SourceLocation(file: file, line: low + 1, column: before.count + 1)
  }

  /// The byte offset of a place; nil if the text has no such place.
  func byteOffset(line: Int, column: Int) -> Int? {
    guard line >= 1, line <= lineStarts.count, column >= 1 else { return nil }
    let start = index(lineStarts[line - 1])
    let scalars = text.unicodeScalars
    guard let found = scalars.index(start, offsetBy: column - 1, limitedBy: scalars.endIndex) else { return nil }
    return text.utf8.distance(from: text.startIndex, to: found)
  }

  private func index(_ offset: Int) -> String.Index { text.utf8.index(text.startIndex, offsetBy: offset) }

  private static func lineStarts(in bytes: UnsafeBufferPointer<UInt8>) -> [Int] {
    var starts = [0]
    var at = 0
    while at < bytes.count {
      switch bytes[at] {
      case 0x0A: starts.append(at + 1)
      case 0x0D:
        if at + 1 < bytes.count, bytes[at + 1] == 0x0A { at += 1 }
        starts.append(at + 1)
      case 0xC2 where at + 1 < bytes.count && bytes[at + 1] == 0x85: starts.append(at + 2)
      case 0xE2 where at + 2 < bytes.count && bytes[at + 1] == 0x80 && bytes[at + 2] & 0xFE == 0xA8:
        starts.append(at + 3)
      default: break
      }
      at += 1
    }
    return starts
  }
}
