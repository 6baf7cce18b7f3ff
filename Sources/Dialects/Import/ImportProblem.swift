/// Why a line or a file cannot be imported: one sentence, without the place.
public struct ImportProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sentence.
  public var description: String

  /// Makes a problem.
  public init(_ description: String) { self.description = description }

  /// The members of a line that must be one JSON object.
  static func members(_ line: [UInt8]) throws(ImportProblem) -> [String: SentValue] {
    do {
      if case .object(let members) = try JSONBody(line) { return members }
    } catch {
      throw ImportProblem("no JSON: \(error.problem), at character \(error.character)")
    }
    throw ImportProblem("no JSON object")
  }
}
