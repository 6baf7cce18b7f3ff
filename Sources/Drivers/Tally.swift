import Model

/// What a result file says: how many tests ended how, and which.
struct Tally: Equatable {
  /// How one test ended; the raw values are what Robot Framework writes.
  enum Status: String { case pass = "PASS", fail = "FAIL", skip = "SKIP", error = "ERROR" }

  /// One test.
  struct Test: Equatable {
    var suite: String
    var name: String
    var status: Status
    var message: String?
  }

  /// Tests beyond these are counted, not listed.
  static let listed = 1_000

  var title = ""
  var passed = 0
  var failed = 0
  var errors = 0
  var skipped = 0
  /// In the order of the file, at most ``listed``.
  var tests: [Test] = []
  /// The first test that failed or erred, for the reason.
  var firstUnsuccessful: String?

  var total: Int { passed + failed + errors + skipped }
  var unsuccessful: Int { failed + errors }

  /// Counts a test.
  mutating func count(_ status: Status) {
    switch status {
    case .pass: passed += 1
    case .fail: failed += 1
    case .skip: skipped += 1
    case .error: errors += 1
    }
  }

  /// Lists a test, if there is room.
  mutating func list(_ test: Test) {
    if firstUnsuccessful == nil, test.status == .fail || test.status == .error {
      firstUnsuccessful = test.message.map { "\(test.name): \($0)" } ?? test.name
    }
    if tests.count < Self.listed { tests.append(test) }
  }

  /// A percentage, 0 to 100. `whole` is not 0.
  func share(of part: Int, in whole: Int) -> Double { 100 * Double(part) / Double(whole) }

  /// `2 of 8 tests failed, first NAME: MESSAGE`; nil if none did.
  var shortfall: String? {
    guard unsuccessful > 0 else { return nil }
    let first = firstUnsuccessful.map { ", first \($0)" } ?? ""
    return "\(unsuccessful) of \(total) tests failed\(first)"
  }

  /// Nothing was tested, by the tests' own word.
  var allSkipped: Judgement {
    let why = tests.lazy.compactMap(\.message).first { !$0.isEmpty }.map { ": \($0)" } ?? ""
    return Judgement(.skip, reason: "all \(total) tests skipped themselves\(why)", details: .object(counts))
  }

  /// The counts as details.
  var counts: [String: JSONValue] {
    [
      "total": .integer(Int64(total)), "passed": .integer(Int64(passed)), "failed": .integer(Int64(failed)),
      "errors": .integer(Int64(errors)), "skipped": .integer(Int64(skipped)),
    ]
  }

  /// The listed tests as details.
  func list(_ entry: (Test) -> [String: JSONValue]) -> JSONValue { .array(tests.map { .object(entry($0)) }) }
}
