import Dialects
import FoundationEssentials
import Model

/// A client of servers that are told of a run in steps: paddles and Avocado Server. It does an entry's steps in order,
/// and those of an entry that may have arrived only after asking for each.
actor StepClient: ResultClient {
  private let address: ServerAddress
  private let manners: any Manners
  private let http: HTTPClient
  /// How many steps of an entry the server is known to have.
  private var progress: [OutboxEntry.Key: Int] = [:]
  /// Entries that may have arrived.
  private var doubted: Set<OutboxEntry.Key> = []
  /// The numbers of an Avocado server's tests, by where they are listed and what they are asked for by.
  private var tests: [SubmissionStep.Question: String] = [:]
  private static let remembered = 10_000
  /// Lists that were read once and are asked again and again; nil: every question goes to the server.
  private var lists: [String: [JSONValue]]?

  /// Throws `.usage` if the token cannot stand in a header, `.system` if there is no thread for the connection.
  /// `isCaching` is for looking at what is there, and not for sending.
  init(
    to address: ServerAddress, _ manners: any Manners, limits: HTTPLimits = HTTPLimits(), isCaching: Bool = false
  ) throws(Fault) {
    if let token = address.token, !token.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) {
      throw Fault(.usage, "the token for \(address.displayName) holds characters that no token has")
    }
    self.address = address
    self.manners = manners
    lists = isCaching ? [:] : nil
    http = try HTTPClient(to: address, limits: limits)
  }

  /// Does the steps that the server does not have.
  func send(_ entry: OutboxEntry) async -> SendResult {
    for index in (progress[entry.key] ?? 0)..<entry.steps.count {
      let step = entry.steps[index]
      var result = await perform(step, mark: "\(entry.key.submission)-\(index)", isDoubted: doubted.contains(entry.key))
      if case .gone(let reason)? = result, let collection = step.collection {
        // Somebody deleted it: it is made anew.
        var make = step
        (make.verb, make.path, make.collection) = ("POST", collection, nil)
        result = await perform(make, mark: "\(entry.key.submission)-\(index)-new", isDoubted: false)
        if case .gone? = result { result = .stopped(.refused(reason: reason)) }
      }
      switch result {
      case nil: progress[entry.key] = index + 1
      case .gone(let reason)?: return end(entry, .refused(reason: reason))
      case .stopped(let result)?: return end(entry, result)
      }
    }
    return end(entry, .delivered(link: await link(of: entry)))
  }

  /// Whether the server has the last step, and so all of them; if not, each is asked for before it is sent again.
  func ask(_ entry: OutboxEntry) async -> AskResult {
    doubted.insert(entry.key)
    // A sign of life that may have arrived is not worth a question.
    if entry.traits.standing == .pulse { return found(entry, link: address.base + entry.link) }
    guard let last = entry.steps.last, last.question != nil else { return .absent }
    switch await isThere(last) {
    case .success(true): return found(entry, link: await link(of: entry))
    case .success(false): return .absent
    case .failure(let failure): return failure.asked
    }
  }

  /// Whether any of its steps was done, or may have been.
  func mayHavePart(of entry: OutboxEntry) -> Bool { (progress[entry.key] ?? 0) > 0 || doubted.contains(entry.key) }

  private func found(_ entry: OutboxEntry, link: String) -> AskResult {
    _ = end(entry, .delivered(link: link))
    return .found(link: link)
  }

  private func end(_ entry: OutboxEntry, _ result: SendResult) -> SendResult {
    switch result {
    case .delivered, .refused:
      progress[entry.key] = nil
      doubted.remove(entry.key)
    case .failed, .ambiguous: doubted.insert(entry.key)
    case .held, .unavailable: break
    }
    return result
  }

  private func link(of entry: OutboxEntry) async -> String {
    guard entry.link.contains(SubmissionStep.testPlace) else { return address.base + entry.link }
    let named = entry.steps.lazy.compactMap(\.test).first
    let number = if let named { try? await number(of: named).get() } else { String?.none }
    return address.base + entry.link.replacing(SubmissionStep.testPlace + "/", with: number.map { $0 + "/" } ?? "")
  }
}

/// Why a step is not done.
private enum StepFailure: Error {
  case gone(String)
  case stopped(SendResult)

  var reason: String {
    switch self {
    case .gone(let reason), .stopped(.held(let reason)), .stopped(.unavailable(let reason, _)),
      .stopped(.refused(let reason)), .stopped(.failed(let reason)), .stopped(.ambiguous(let reason)):
      reason
    case .stopped(.delivered): ""
    }
  }

  /// What it means for a question.
  var asked: AskResult {
    switch self {
    case .stopped(.held(let reason)): .held(reason: reason)
    case .stopped(.unavailable(let reason, let retryAfter)): .unavailable(reason: reason, retryAfter: retryAfter)
    case .stopped(.refused(let reason)), .stopped(.failed(let reason)), .stopped(.ambiguous(let reason)),
      .gone(let reason):
      .unavailable(reason: reason)
    case .stopped(.delivered): .absent
    }
  }
}

extension StepClient {
  /// Does a step; nil: the server has it.
  private func perform(_ step: SubmissionStep, mark: String, isDoubted: Bool) async -> StepFailure? {
    if isDoubted, step.question != nil {
      switch await isThere(step) {
      case .success(true): return nil
      case .success(false): break
      case .failure(let failure): return failure
      }
    }
    var path = step.path
    if let test = step.test {
      switch await number(of: test) {
      case .success(let number?): path = path.replacing(SubmissionStep.testPlace, with: number)
      case .success(nil): return .stopped(.failed(reason: "the server lists no such test"))
      case .failure(let failure): return failure
      }
    }
    let body = SortedJSON.bytes(of: step.body)
    var request = HTTPRequest(
      method: step.verb == "POST" ? .post(body) : .other(step.verb, body), url: address.base + path)
    request.headers = [("Content-Type", "application/json"), ("Idempotency-Key", percentEncoded(mark))]
    switch await exchange(request) {
    case .failure(.notSent(let reason)): return .stopped(.unavailable(reason: reason))
    case .failure(.unanswered(let reason)): return .stopped(.ambiguous(reason: reason))
    case .success(let answer): return await follow(manners.judge(answer, at: address.base), of: step)
    }
  }

  private func follow(_ judgement: StepJudgement, of step: SubmissionStep) async -> StepFailure? {
    switch judgement {
    case .done, .known: return nil
    case .gone(let reason): return .gone(reason)
    case .stopped(let result): return .stopped(result)
    case .doubtful(let result):
      guard step.question != nil, case .success(true) = await isThere(step) else { return .stopped(result) }
      return nil
    }
  }

  private func isThere(_ step: SubmissionStep) async -> Result<Bool, StepFailure> {
    guard var question = step.question else { return .success(false) }
    if let test = step.test {
      switch await number(of: test) {
      case .success(let number?):
        question.path = question.path.replacing(SubmissionStep.testPlace, with: number)
        // Old servers list those of all tests.
        question.members["test"] = Int64(number).map(JSONValue.integer)
      case .success(nil): return .success(false)
      case .failure(let failure): return .failure(failure)
      }
    }
    return await find(question).map { $0 != nil }
  }

  /// The number that the server gave a test; nil: it lists no such test.
  private func number(of test: SubmissionStep.Question) async -> Result<String?, StepFailure> {
    if let known = tests[test] { return .success(known) }
    return await find(test).map { found in
      guard case .integer(let number)? = found?["id"] else { return nil }
      if tests.count >= Self.remembered { tests.removeAll() }
      tests[test] = String(number)
      return String(number)
    }
  }

  func exchange(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
    var request = request
    if let token = address.token { request.headers.append(("X-Auth-Token", token)) }
    do {
      return .success(try await http.send(request))
    } catch {
      return .failure(error)
    }
  }
}

extension StepClient {
  /// Whether the server has what a step brings.
  func has(_ step: SubmissionStep) async throws(LookupFailure) -> Bool {
    switch await isThere(step) {
    case .success(let isThere): return isThere
    case .failure(let failure): throw LookupFailure(reason: failure.reason)
    }
  }

  /// The object that a question is about; nil: the server has none. Lists of pages are read from the last one, where
  /// the latest stands.
  private func find(_ question: SubmissionStep.Question) async -> Result<JSONValue?, StepFailure> {
    if let known = lists?[question.path] { return .success(known.last { $0.holds(question.members) }) }
    var page = question.isPaged ? "?page=last" : ""
    var whole: [JSONValue] = []
    while true {
      let json: JSONValue
      switch await get(question.path + page) {
      case .failure(let failure): return .failure(failure)
      case .success(nil): return .success(nil)
      case .success(let some?): json = some
      }
      let list = json["results"]?.array ?? json.array
      if lists == nil || list == nil {
        if let found = (list ?? [json]).last(where: { $0.holds(question.members) }) { return .success(found) }
      }
      whole = (list ?? []) + whole
      // The host in it may be wrong behind a proxy.
      if list != nil, let previous = json["previous"]?.string, let number = Self.page(in: previous),
        page != "?page=\(number)"
      {
        page = "?page=\(number)"
      } else {
        if list != nil, lists != nil { lists?[question.path] = whole }
        return .success(whole.last { $0.holds(question.members) })
      }
    }
  }

  /// What a path holds; nil: nothing that is JSON.
  private func get(_ path: String) async -> Result<JSONValue?, StepFailure> {
    switch await exchange(HTTPRequest(method: .get, url: address.base + path)) {
    case .failure(let failure): return .failure(.stopped(.unavailable(reason: failure.reason)))
    case .success(let answer):
      switch answer.status {
      case 200..<300:
        if let damage = answer.damage { return .failure(.stopped(.unavailable(reason: damage))) }
        return .success(answer.json)
      case 300..<400, 401, 403, 407: return .failure(.stopped(.held(reason: answer.direction)))
      case 408, 425, 429, 500...:
        return .failure(.stopped(.unavailable(reason: answer.line, retryAfter: answer.retryAfter)))
      default: return .success(nil)
      }
    }
  }

  /// The number of the page that an address names; 1 if it names none.
  private static func page(in address: String) -> Int? {
    guard let query = address.firstIndex(of: "?") else { return 1 }
    let pairs = address[address.index(after: query)...].split(separator: "&")
    guard let pair = pairs.first(where: { $0.hasPrefix("page=") }) else { return 1 }
    return Int(pair.dropFirst("page=".count)).flatMap { $0 > 0 ? $0 : nil }
  }
}

extension JSONValue {
  /// Whether this is an object that holds all of these. Whole numbers are numbers.
  fileprivate func holds(_ members: [String: JSONValue]) -> Bool {
    guard case .object(let own) = self else { return false }
    return members.allSatisfy { name, value in
      own[name] == value || value.number != nil && own[name]?.number == value.number
        || value == .null && own[name] == nil
    }
  }
}
