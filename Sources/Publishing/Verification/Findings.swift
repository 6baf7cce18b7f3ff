/// Something that a check has to say.
public struct Finding: Hashable, Sendable, Codable {
  /// How much it matters.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// Things do not agree.
    case finding
    /// A result is still on its way.
    case pending
    /// Something could not be looked at.
    case unreachable
    /// Good to know, and no reason to do anything.
    case information
  }

  /// How much it matters.
  public var kind: Kind
  /// What it is about: a case, an attempt, a file, a server.
  public var subject: String
  /// What was found.
  public var what: String
  /// What to do about it; nil: nothing.
  public var advice: String?

  /// Makes a finding.
  public init(_ subject: String, _ what: String, kind: Kind = .finding, advice: String? = nil) {
    self.kind = kind
    self.subject = subject
    self.what = what
    self.advice = advice
  }
}

/// What checks found, and how many there were.
public struct Findings: Hashable, Sendable {
  /// How many single things were compared.
  public private(set) var checks = 0
  /// What is to be said, in the order of the checks.
  public private(set) var all: [Finding] = []

  /// Nothing checked, nothing found.
  public init() {}

  /// Counts a check; if it does not hold, says so.
  public mutating func check(_ holds: Bool, _ otherwise: @autoclosure () -> Finding) {
    checks += 1
    if !holds { all.append(otherwise()) }
  }

  /// Says something that is no check of its own.
  public mutating func note(_ finding: Finding) { all.append(finding) }

  /// Takes in other checks.
  public mutating func take(_ other: Findings) {
    checks += other.checks
    all += other.all
  }

  /// How many of a kind there are.
  public func count(of kind: Finding.Kind) -> Int { all.count { $0.kind == kind } }
}
