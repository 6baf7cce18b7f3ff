import Model

extension Tally {
  /// Reads Robot Framework's output.xml. The counts come from its statistics, which know about failed suite tear-downs
  /// where the tests themselves do not; names and messages come from the tests.
  ///
  /// Throws a `damaged` fault for what is no complete output.xml.
  static func robot(_ bytes: [UInt8]) throws(Fault) -> Tally {
    var reader = RobotReader()
    var scanner = XMLScanner(bytes)
    while let event = try scanner.next() { reader.take(event) }
    guard reader.hasTotals else { throw Fault(.damaged, "it has no statistics") }
    return reader.tally
  }
}

/// Collects the tests and totals of an output.xml.
private struct RobotReader {
  var tally = Tally()
  var hasTotals = false
  private var path: [String] = []
  private var suites: [String] = []
  private var current: Tally.Test?
  private var message = ""

  mutating func take(_ event: XMLEvent) {
    switch event {
    case .start(let name, let attributes):
      start(name, attributes)
      path.append(name)
    case .end(let name):
      path.removeLast()
      end(name)
    case .text(let text):
      // Only the message of a test's or suite's own status is kept; keywords may log without end.
      if isOwnStatus, message.utf8.count < 4096 { message += text }
    }
  }

  private var isOwnStatus: Bool {
    let owner = path.dropLast().last
    return path.last == "status" && (owner == "test" || owner == "suite")
  }

  private mutating func start(_ name: String, _ attributes: [String: String]) {
    switch (path.last, name) {
    case (_, "suite"):
      guard path.last != "statistics" else { return }
      if suites.isEmpty { tally.title = attributes["name"] ?? "" }
      suites.append(attributes["name"] ?? "")
    case (_, "test"):
      current = Tally.Test(suite: suites.last ?? "", name: attributes["name"] ?? "", status: .fail, message: nil)
      message = ""
    case ("suite", "status"): message = ""
    case ("test", "status"):
      current?.status = attributes["status"].flatMap(Tally.Status.init) ?? .fail
    case ("total", "stat"):
      // Before 4.0 the critical tests stood first; the last line is all of them.
      hasTotals = true
      tally.passed = count(attributes["pass"])
      tally.failed = count(attributes["fail"])
      tally.skipped = count(attributes["skip"])
    default: break
    }
  }

  private mutating func end(_ name: String) {
    switch name {
    case "suite" where path.last != "statistics": endSuite()
    case "test": endTest()
    default: break
    }
  }

  /// A suite whose tear-down failed says so itself; its tests stand there as passed.
  private mutating func endSuite() {
    let suite = suites.popLast() ?? ""
    if tally.firstUnsuccessful == nil, !message.isEmpty {
      tally.firstUnsuccessful = "\(suite): \(oneLine(message, limit: 300))"
    }
    message = ""
  }

  private mutating func endTest() {
    guard var test = current else { return }
    current = nil
    if !message.isEmpty { test.message = oneLine(message, limit: 300) }
    message = ""
    tally.list(test)
  }

  private func count(_ text: String?) -> Int {
    guard let number = text.flatMap({ Int($0) }), (0...1_000_000_000).contains(number) else { return 0 }
    return number
  }
}
