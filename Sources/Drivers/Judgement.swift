import Model

/// What a driver makes of an ended attempt.
public struct Judgement: Hashable, Sendable {
  /// The verdict.
  public var verdict: Verdict
  /// The percentage that was compared with the criteria, 0 to 100; nil where nothing was measured.
  public var result: Double?
  /// One line for people, at most 400 characters; nil for a plain pass.
  public var reason: String?
  /// Counts and failures, published as the result's details.
  public var details: JSONValue?

  /// Makes a judgement; the reason is brought to one line.
  public init(_ verdict: Verdict, result: Double? = nil, reason: String? = nil, details: JSONValue? = nil) {
    self.verdict = verdict
    self.result = result
    self.reason = reason.map { oneLine($0, limit: 400) }
    self.details = details
  }

  /// The infrastructure failed.
  static func error(_ reason: String) -> Judgement { Judgement(.error, reason: reason) }

  /// Compares a result with the criteria; `shortfall` says what went wrong in the test, if anything did.
  static func measured(
    _ result: Double, by criteria: Criteria, shortfall: String? = nil, details: JSONValue? = nil
  ) -> Judgement {
    guard !criteria.isMet(by: result) else {
      return Judgement(.pass, result: result, reason: shortfall, details: details)
    }
    let reason = shortfall ?? "the result is \(percent(result)), the criteria are \(criteria.phrase)"
    return Judgement(.fail, result: result, reason: reason, details: details)
  }
}

extension Criteria {
  /// As it is said in a reason.
  var phrase: String {
    switch self {
    case .percentage(let threshold) where threshold <= 0: "0, which never passes"
    case .percentage(let threshold): percent(threshold)
    case .expression(let text): text
    }
  }
}
