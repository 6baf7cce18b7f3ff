import CPCRE2
import Model

/// A Python regular expression, searched in a text as `re.search` does, with limits on the work.
///
/// `@unchecked Sendable`: a compiled pattern is never changed after it was made, PCRE2 allows its use from many threads
/// at once, and everything that a search changes is made for that search.
public final class Pattern: @unchecked Sendable {
  /// What came of a search.
  public enum Answer: Sendable {
    /// The pattern matches somewhere in the text.
    case matched
    /// It does not.
    case unmatched
    /// The search was given up at its limit: such a pattern takes exponential time.
    case tooExpensive
  }

  /// The longest pattern, in bytes.
  public static let lengthLimit = 8192
  /// Steps of a search before it is given up: some hundredths of a second.
  static let stepLimit: UInt32 = 1_000_000
  /// Memory of a search, in KiB.
  static let heapLimit: UInt32 = 20_000

  /// The pattern as written.
  public let text: String
  private let code: OpaquePointer

  /// Compiles a pattern.
  ///
  /// - Throws: `definition`, without a location, for what Python or PCRE2 does not accept.
  public init(_ text: String) throws(Fault) {
    guard text.utf8.count <= Self.lengthLimit else {
      throw Fault(.definition, "the regular expression has more than \(Self.lengthLimit) bytes")
    }
    var syntax = PythonSyntax(text)
    try syntax.translate()
    self.text = text
    code = try Self.compile(syntax)
  }

  deinit { pcre2_code_free_8(code) }

  /// Searches the pattern anywhere in a text.
  public func search(_ subject: String) -> Answer {
    guard let context = pcre2_match_context_create_8(nil) else { return .tooExpensive }
    defer { pcre2_match_context_free_8(context) }
    pcre2_set_match_limit_8(context, Self.stepLimit)
    pcre2_set_depth_limit_8(context, Self.stepLimit)
    pcre2_set_heap_limit_8(context, Self.heapLimit)
    guard let data = pcre2_match_data_create_from_pattern_8(code, nil) else { return .tooExpensive }
    defer { pcre2_match_data_free_8(data) }
    var subject = subject
    let result = subject.withUTF8 { bytes in
      pcre2_match_8(code, bytes.baseAddress, bytes.count, 0, 0, data, context)
    }
    if result >= 0 { return .matched }
    return result == PCRE2_ERROR_NOMATCH ? .unmatched : .tooExpensive
  }

  private static func compile(_ syntax: PythonSyntax) throws(Fault) -> OpaquePointer {
    guard let context = pcre2_compile_context_create_8(nil) else { throw Fault(.system, "out of memory") }
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    var options = UInt32(PCRE2_UTF) | PCRE2_NEVER_BACKSLASH_C
    if !syntax.flags.contains("a") { options |= UInt32(PCRE2_UCP) }
    if syntax.flags.contains("i") { options |= UInt32(PCRE2_CASELESS) }
    if syntax.flags.contains("m") { options |= UInt32(PCRE2_MULTILINE) }
    if syntax.flags.contains("s") { options |= UInt32(PCRE2_DOTALL) }
    var number: Int32 = 0
    var offset = 0
    var translated = syntax.translated
    let code = translated.withUTF8 { bytes in
      pcre2_compile_8(bytes.baseAddress, bytes.count, options, &number, &offset, context)
    }
    if let code { return code }
    throw Fault(
      .definition, "this regular expression is wrong: \(message(number))", hint: "it is read as Python's `re`")
  }

  private static func message(_ number: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = pcre2_get_error_message_8(number, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<Int(count)], as: UTF8.self) : "error \(number)"
  }
}
