/// Why a text is not JSON, in the words of Python's `json` module, because these are the words the Test API sends.
public struct JSONMalformed: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was expected or found.
  public var problem: String
  /// Line, from 1.
  public var line: Int
  /// Column in code points, from 1.
  public var column: Int
  /// Offset in code points, from 0.
  public var character: Int

  /// Makes the error for a byte offset in a text.
  init(_ problem: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    self.problem = problem
    line = 1
    column = 1
    character = 0
    for byte in bytes.prefix(offset) where byte & 0xC0 != 0x80 {
      character += 1
      column += 1
      if byte == 10 {
        line += 1
        column = 1
      }
    }
  }

  /// `Expecting value: line 1 column 1 (char 0)`.
  public var description: String { "\(problem): line \(line) column \(column) (char \(character))" }
}
