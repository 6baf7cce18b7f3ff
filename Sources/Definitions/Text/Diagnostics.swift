import Model

/// Everything that was found wrong with people's files, all of it, not the first. Thrown as one error where a file
/// cannot be used, and returned with only warnings where it can.
public struct Diagnostics: Error, Sendable {
  /// What makes the files unusable, by file, line and column.
  public internal(set) var errors: [Fault] = []
  /// What is probably a mistake, by file, line and column.
  public internal(set) var warnings: [Fault] = []
  /// The texts that locations point into, by the file's name.
  public internal(set) var sources: [String: SourceText] = [:]

  /// As many errors, and as many warnings, are kept; the rest is counted.
  public static let limit = 200

  /// Nothing found.
  public init() {}

  /// One fault as a whole.
  init(_ fault: Fault) { errors = [fault] }

  /// All errors and warnings with their source lines and carets, ready to be printed.
  public var text: String {
    let all = errors.map { ($0, DiagnosticText.Severity.error) } + warnings.map { ($0, .warning) }
    return all.map { fault, severity in
      DiagnosticText.render(fault, severity, source: fault.location.flatMap { sources[$0.file] })
    }.joined()
  }

  /// Adds what was found elsewhere.
  public mutating func merge(_ other: Diagnostics) {
    errors += other.errors
    warnings += other.warnings
    sources.merge(other.sources) { first, _ in first }
  }
}

/// Collects what readers find. One object goes through all of a reading, so that nothing found is lost on the way out.
final class Findings {
  private var errors: [Fault] = []
  private var warnings: [Fault] = []
  private var sources: [String: SourceText] = [:]
  private var suppressed = (errors: 0, warnings: 0)

  func add(_ source: SourceText) { sources[source.file] = source }

  /// Hints are made only for what is kept: guesses among many names cost time.
  func error(_ message: String, at location: SourceLocation?, hint: @autoclosure () -> String? = nil) {
    guard errors.count < Diagnostics.limit else { return suppressed.errors += 1 }
    errors.append(Fault(.definition, message, at: location, hint: hint()))
  }

  func error(_ fault: Fault) {
    guard errors.count < Diagnostics.limit else { return suppressed.errors += 1 }
    errors.append(fault)
  }

  func warn(_ message: String, at location: SourceLocation?, hint: @autoclosure () -> String? = nil) {
    guard warnings.count < Diagnostics.limit else { return suppressed.warnings += 1 }
    warnings.append(Fault(.definition, message, at: location, hint: hint()))
  }

  /// Everything found, in file order.
  var diagnostics: Diagnostics {
    var result = Diagnostics()
    result.errors = Self.sorted(errors, suppressed: suppressed.errors, "errors")
    result.warnings = Self.sorted(warnings, suppressed: suppressed.warnings, "warnings")
    result.sources = sources
    return result
  }

  private static func sorted(_ faults: [Fault], suppressed: Int, _ what: String) -> [Fault] {
    func place(_ fault: Fault) -> (String, Int, Int) {
      (fault.location?.file ?? "", fault.location?.line ?? 0, fault.location?.column ?? 0)
    }
    let ordered = faults.enumerated().sorted { left, right in
      let (first, second) = (place(left.element), place(right.element))
      return first == second ? left.offset < right.offset : first < second
    }.map(\.element)
    return suppressed == 0 ? ordered : ordered + [Fault(.limit, "\(suppressed) more \(what) are not shown")]
  }
}
