import Model

/// The events that make up nearly all of a journal, decoded without JSONDecoder: a run of 10,000 cases has 60,000 of them,
/// and whoever resumes it waits. Nil for everything that Sortie writes otherwise; whatever is given is what JSONDecoder
/// would give.
enum QuickEvent {
  static func decode(_ bytes: ArraySlice<UInt8>) -> Event? {
    bytes.withUnsafeBytes { bytes in
      output(JSONScanner(bytes)) ?? attemptStarted(JSONScanner(bytes)) ?? attemptFinished(JSONScanner(bytes))
        ?? caseFinished(JSONScanner(bytes)) ?? unitLeased(JSONScanner(bytes))
    }
  }

  private static func output(_ scanner: JSONScanner) -> Event? {
    var scanner = scanner
    guard scanner.open(), scanner.member("attempt"), let attempt = scanner.string(),
      scanner.member("event", is: "output"), scanner.member("length"), let length = scanner.integer(),
      scanner.member("number"), let number = scanner.natural(), scanner.member("offset"),
      let offset = scanner.integer(), let sequence = scanner.sequence(), scanner.member("time"),
      let time = scanner.time(), scanner.close(), scanner.isAtEnd
    else { return nil }
    let activity = Activity.Output(attempt: AttemptID(rawValue: attempt), offset: offset, length: length)
    return Event(number: number, time: time, activity: .output(activity), sequence: sequence.value)
  }

  private static func attemptStarted(_ scanner: JSONScanner) -> Event? {
    var scanner = scanner
    guard scanner.open(), scanner.member("attempt"), let attempt = scanner.string(), scanner.member("began"),
      let began = scanner.time(), scanner.member("event", is: "attempt_started"), scanner.member("fence"),
      let fence = scanner.natural(), scanner.member("id"), let id = scanner.string(), scanner.member("node"),
      let node = scanner.string(), scanner.member("number"), let number = scanner.natural(),
      let sequence = scanner.sequence(), scanner.member("time"), let time = scanner.time(), scanner.member("unit"),
      let unit = scanner.string(), scanner.close(), scanner.isAtEnd
    else { return nil }
    let activity = Activity.AttemptStarted(
      attempt: AttemptID(rawValue: attempt), id: CaseID(rawValue: id), node: node, unit: UnitID(rawValue: unit),
      fence: fence, began: began)
    return Event(number: number, time: time, activity: .attemptStarted(activity), sequence: sequence.value)
  }

  private static func attemptFinished(_ scanner: JSONScanner) -> Event? {
    var scanner = scanner
    guard scanner.open(), scanner.member("attempt"), let attempt = scanner.string(),
      scanner.member("event", is: "attempt_finished"), scanner.member("id"), let id = scanner.string(),
      let node = scanner.optional("node", { $0.string() }), scanner.member("number"),
      let number = scanner.natural(), scanner.member("outcome"), let outcome = scanner.outcome(),
      let sequence = scanner.sequence(), scanner.member("time"), let time = scanner.time(), scanner.close(),
      scanner.isAtEnd
    else { return nil }
    let activity = Activity.AttemptFinished(
      attempt: AttemptID(rawValue: attempt), id: CaseID(rawValue: id), node: node.value, outcome: outcome)
    return Event(number: number, time: time, activity: .attemptFinished(activity), sequence: sequence.value)
  }

  private static func caseFinished(_ scanner: JSONScanner) -> Event? {
    var scanner = scanner
    guard scanner.open(), let attempt = scanner.optional("attempt", { $0.string() }), scanner.member("attempts"),
      let attempts = scanner.integer(), scanner.member("event", is: "case_finished"), scanner.member("id"),
      let id = scanner.string(), scanner.member("number"), let number = scanner.natural(),
      let reason = scanner.optional("reason", { $0.string() }), let sequence = scanner.sequence(),
      scanner.member("time"), let time = scanner.time(), scanner.member("verdict"),
      let verdict = scanner.string().flatMap({ Verdict(rawValue: $0) }), scanner.close(), scanner.isAtEnd
    else { return nil }
    let activity = Activity.CaseFinished(
      id: CaseID(rawValue: id), verdict: verdict, reason: reason.value,
      attempt: attempt.value.map { AttemptID(rawValue: $0) }, attempts: Int(attempts))
    return Event(number: number, time: time, activity: .caseFinished(activity), sequence: sequence.value)
  }

  private static func unitLeased(_ scanner: JSONScanner) -> Event? {
    var scanner = scanner
    guard scanner.open(), scanner.member("attempts"), let attempts = scanner.strings(), scanner.member("domain"),
      let domain = scanner.string(), scanner.member("event", is: "unit_leased"), scanner.member("node"),
      let node = scanner.string(), scanner.member("number"), let number = scanner.natural(),
      let sequence = scanner.sequence(), scanner.member("tier"), let tier = scanner.string(), scanner.member("time"),
      let time = scanner.time(), scanner.member("unit"), let unit = scanner.string(), scanner.close(), scanner.isAtEnd
    else { return nil }
    let activity = Activity.UnitLeased(
      unit: UnitID(rawValue: unit), tier: tier, domain: domain, node: node,
      attempts: attempts.map { AttemptID(rawValue: $0) })
    return Event(number: number, time: time, activity: .unitLeased(activity), sequence: sequence.value)
  }
}

/// The value of a member that need not be there.
private struct Optionally<Value> {
  var value: Value?
}

extension JSONScanner {
  /// Nil only if the member is there and its value is not of the expected form.
  fileprivate mutating func optional<Value>(
    _ name: StaticString, _ read: (inout JSONScanner) -> Value?
  ) -> Optionally<Value>? {
    guard member(name) else { return Optionally(value: nil) }
    return read(&self).map { Optionally(value: $0) }
  }

  fileprivate mutating func sequence() -> Optionally<UInt64>? { optional("sequence") { $0.natural() } }

  fileprivate mutating func outcome() -> Outcome? {
    guard open(), let details = optional("details", { $0.value() }), member("duration"), let duration = number(),
      let ending = optional("ending", { $0.ending() }), member("leaked"), let leaked = strings(),
      member("outputDropped"), let dropped = integer(), let reason = optional("reason", { $0.string() }),
      let result = optional("result", { $0.number() }), member("started"), let started = time(), member("stopped"),
      let stopped = time(), member("verdict"), let verdict = string().flatMap({ Verdict(rawValue: $0) }), close()
    else { return nil }
    // JSONDecoder takes a null for a member that is not there.
    return Outcome(
      verdict: verdict, result: result.value, reason: reason.value, ending: ending.value, started: started,
      stopped: stopped, duration: duration, details: details.value == .null ? nil : details.value, leaked: leaked,
      outputDropped: dropped)
  }

  /// How a process ended by itself or by a signal; the other endings are rare.
  private mutating func ending() -> Ending? {
    guard open() else { return nil }
    let ending: Ending?
    if member("exited") {
      ending = integer().flatMap { Int32(exactly: $0) }.map { .exited($0) }
    } else if member("signalled") {
      ending = integer().flatMap { Int32(exactly: $0) }.map { .signalled($0) }
    } else {
      ending = nil
    }
    return close() ? ending : nil
  }
}
