import Model

extension Tally {
  /// Reads a JUnit file: `testcase` elements with `failure`, `error` or `skipped` in them. A test that stands there
  /// more than once, as pytest writes one whose tear-down errs, counts once, with its worst outcome.
  ///
  /// Throws a `damaged` fault for what is no well-formed JUnit file.
  static func junit(_ bytes: [UInt8]) throws(Fault) -> Tally {
    var reader = JUnitReader()
    var scanner = XMLScanner(bytes)
    while let event = try scanner.next() { reader.take(event) }
    guard reader.isJUnit else { throw Fault(.damaged, "it is no JUnit file") }
    var tally = Tally()
    for test in reader.tests {
      tally.count(test.status)
      tally.list(test)
    }
    return tally
  }
}

/// Collects the tests of a JUnit file.
private struct JUnitReader {
  private struct Key: Hashable { let suite, name: String }

  var isJUnit = false
  var tests: [Tally.Test] = []
  private var places: [Key: Int] = [:]
  private var current: Tally.Test?

  mutating func take(_ event: XMLEvent) {
    switch event {
    case .start("testsuite", _), .start("testsuites", _): isJUnit = true
    case .start("testcase", let attributes):
      current = Tally.Test(
        suite: attributes["classname"] ?? "", name: attributes["name"] ?? "", status: .pass, message: nil)
    case .start("failure", let attributes): note(.fail, attributes)
    case .start("error", let attributes): note(.error, attributes)
    case .start("skipped", let attributes): note(.skip, attributes)
    case .end("testcase"): finish()
    default: break
    }
  }

  private mutating func note(_ status: Tally.Status, _ attributes: [String: String]) {
    guard let test = current, status.rank > test.status.rank else { return }
    current?.status = status
    current?.message = attributes["message"].map { oneLine($0, limit: 300) }
  }

  private mutating func finish() {
    guard var test = current else { return }
    current = nil
    let key = Key(suite: test.suite, name: test.name)
    test.name = test.suite.isEmpty ? test.name : "\(test.suite).\(test.name)"
    if let place = places[key] {
      if test.status.rank > tests[place].status.rank { tests[place] = test }
    } else {
      places[key] = tests.count
      tests.append(test)
    }
  }
}

extension Tally.Status {
  /// Which of two outcomes of one test counts.
  fileprivate var rank: Int {
    switch self {
    case .pass: 0
    case .skip: 1
    case .error: 2
    case .fail: 3
    }
  }
}
