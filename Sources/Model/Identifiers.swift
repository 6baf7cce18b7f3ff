/// A name that can stand alone as a path component: no separator, no control character, not `.` or `..`, 1 to 200 bytes.
public func isPathComponent(_ text: String) -> Bool {
  guard (1...200).contains(text.utf8.count), text != ".", text != ".." else { return false }
  return text.utf8.allSatisfy { $0 > 31 && $0 != 127 && $0 != 47 }
}

/// Whether a relative path stays inside the folder it is resolved in: no empty, `.` or `..` component, not absolute,
/// at most 1,024 bytes.
public func isConfinedPath(_ text: String) -> Bool {
  guard !text.isEmpty, text.utf8.count <= 1024 else { return false }
  return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isPathComponent(String($0)) }
}

/// A run, named by when it started and four random letters: `20261121-003634-kqzf`. Also its folder's name.
public struct RunID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name.
  public var rawValue: String
  /// Any text; check it with ``isPathComponent(_:)`` where it comes from outside.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The name.
  public var description: String { rawValue }
}

/// One case of a run: the case's name, and for a case that runs on each node also the node, as `node_ready@n1`.
public struct CaseID: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  /// `case` or `case@node`; set-ups and tear-downs are named `setup:tier:smoke`, `teardown:domain:base@n1` and so on.
  public var rawValue: String
  /// Any text; check it with ``isPathComponent(_:)`` where it comes from outside.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The id.
  public var description: String { rawValue }
  /// By code points.
  public static func < (left: CaseID, right: CaseID) -> Bool { left.rawValue < right.rawValue }
}

/// A work unit within a run: `u17`.
public struct UnitID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name.
  public var rawValue: String
  /// Any text.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The name.
  public var description: String { rawValue }
}

/// One execution of one case on one node, unique over all runs: `RUN.CASE.N`, N counting from 1 within the case.
public struct AttemptID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// The name.
  public var rawValue: String
  /// Any text; check it with ``isPathComponent(_:)`` where it comes from outside.
  public init(rawValue: String) { self.rawValue = rawValue }
  /// The id of the `ordinal`th attempt of a case.
  public init(run: RunID, case id: CaseID, ordinal: Int) { rawValue = "\(run).\(id).\(ordinal)" }
  /// The name.
  public var description: String { rawValue }
  /// The attempt's number within its case, from 1; nil for an id of foreign shape.
  public var ordinal: Int? { rawValue.split(separator: ".").last.flatMap { Int($0) } }
}
