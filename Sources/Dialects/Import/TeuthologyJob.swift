import Model

/// A job as a teuthology archive has it: the folder `RUN/JOB` with what was to be done and what came of it.
public struct TeuthologyJob: Hashable, Sendable {
  /// The files that say something, in the order in which teuthology's `ResultsSerializer` lays them over each other.
  public static let files = ["orig.config.yaml", "config.yaml", "info.yaml", "summary.yaml"]
  /// The file whose last change says when the job was last heard of.
  public static let log = "teuthology.log"

  /// The job's id.
  public var id: String
  /// What is told to paddles, as in a request's body.
  public var members: [String: SentValue]

  /// Whether a folder's name is a job's: digits.
  public static func isJob(_ folder: String) -> Bool {
    !folder.isEmpty && folder.utf8.count <= 32 && folder.utf8.allSatisfy { (48...57).contains($0) }
  }

  /// Lays the files' values over each other; the later wins.
  /// - Parameters:
  ///   - folder: the job's folder, whose name is its id where no file says one.
  ///   - documents: the values of the files that are there, in order; null where a file says nothing.
  /// - Throws: ``ImportProblem`` for values that are no mapping.
  public init(folder: String, documents: [JSONValue]) throws(ImportProblem) {
    var merged: [String: JSONValue] = [:]
    for document in documents where document != .null {
      guard let members = document.object else { throw ImportProblem("a mapping was expected") }
      merged.merge(members) { $1 }
    }
    members = merged.mapValues { SentValue($0) }
    id = folder
    switch members["job_id"] {
    case .string(let text) where !text.isEmpty: id = text
    case .other(let json) where Int64(json) != nil: id = json
    default: break
    }
    members["job_id"] = .string(id)
    // The log says it better, and nobody knows in which zone this was written.
    members["updated"] = nil
  }
}

extension SentValue {
  /// A value as a client would have sent it.
  init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .string(let text): self = .string(text)
    default: self = .other(json: String(decoding: SortedJSON.bytes(of: value), as: UTF8.self))
    }
  }
}
