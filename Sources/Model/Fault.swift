/// The one error shape of Sortie: what happened, where, and what to do about it.
public struct Fault: Error, Hashable, Sendable, Codable, CustomStringConvertible {
  /// What kind of thing went wrong. Open: a newer peer may send codes that this version has never heard of.
  public struct Code: RawRepresentable, Hashable, Sendable, Codable {
    /// The stable name of the code, in `snake_case`.
    public var rawValue: String
    /// Any name is a code.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The command line asks for something that makes no sense.
    public static let usage = Code(rawValue: "usage")
    /// A file that people write (catalog, lab, SUT) is wrong.
    public static let definition = Code(rawValue: "definition")
    /// A node or a server could not be reached, or the link broke.
    public static let link = Code(rawValue: "link")
    /// A host key is unknown or is not the pinned one.
    public static let hostKey = Code(rawValue: "host_key")
    /// No key was accepted.
    public static let authentication = Code(rawValue: "authentication")
    /// The peer said something that the wire does not allow, or speaks another version.
    public static let wire = Code(rawValue: "wire")
    /// A limit was exceeded.
    public static let limit = Code(rawValue: "limit")
    /// A system call failed: disk, process, socket.
    public static let system = Code(rawValue: "system")
    /// A file that Sortie wrote is damaged.
    public static let damaged = Code(rawValue: "damaged")
    /// A tool that the work needs is not installed.
    public static let missingTool = Code(rawValue: "missing_tool")
    /// Somebody else holds what is asked for.
    public static let busy = Code(rawValue: "busy")
    /// What is asked for does not exist.
    public static let notFound = Code(rawValue: "not_found")
  }

  /// What kind of fault this is.
  public var code: Code
  /// One sentence for people: what happened, and to what.
  public var message: String
  /// Where in a file, if the fault lies in one.
  public var location: SourceLocation?
  /// What to do about it.
  public var hint: String?

  /// Makes a fault.
  public init(_ code: Code, _ message: String, at location: SourceLocation? = nil, hint: String? = nil) {
    self.code = code
    self.message = message
    self.location = location
    self.hint = hint
  }

  /// `file:line:column: message (hint)` on one line.
  public var description: String {
    let place = location.map { "\($0): " } ?? ""
    let advice = hint.map { " (\($0))" } ?? ""
    return place + message + advice
  }
}

/// A place in a file that people write. Line and column count from 1.
public struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The path as the user named it.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in characters, from 1.
  public var column: Int

  /// Makes a location.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`.
  public var description: String { "\(file):\(line):\(column)" }
}
