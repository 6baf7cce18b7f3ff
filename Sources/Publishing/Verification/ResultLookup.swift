import Dialects
import FoundationEssentials
import Model

/// Finds out what a server holds of a run.
public struct ResultLookup: Sendable {
  /// What is looked for.
  public struct Scope: Hashable, Sendable {
    /// The pod that the results name.
    public var pod: String
    /// The CI job's tag; nil: the run had none.
    public var buildTag: String?
    /// When the run started.
    public var started: Timestamp
    /// The attempts whose results ought to be there.
    public var attempts: [AttemptID]

    /// Makes a scope.
    public init(pod: String, buildTag: String?, started: Timestamp, attempts: [AttemptID]) {
      self.pod = pod
      self.buildTag = buildTag
      self.started = started
      self.attempts = attempts
    }
  }

  private let address: ServerAddress
  private let limits: HTTPLimits

  /// Two minutes and 256 MiB for the list of a run's results, unless told otherwise.
  public init(
    _ address: ServerAddress, limits: HTTPLimits = HTTPLimits(totalSeconds: 120, answerBytes: 256 << 20)
  ) {
    self.address = address
    self.limits = limits
  }

  /// The results of pod and tag (or of the time since the run began), and whatever else carries one of the attempts'
  /// ids. `isWhole` is false if the list was too long to be read, so that only the attempts were looked for. Throws
  /// `.link` if the server does not answer as it should, `.system`.
  public func results(_ scope: Scope) async throws(Fault) -> (results: [StoredResult], isWhole: Bool) {
    if let path = address.path { return (try dumped(path), true) }
    let http = try HTTPClient(to: address, limits: limits)
    let listed = try await ask(http, query(scope))
    var results = listed ?? []
    var known = Set(results.compactMap(\.attempt))
    for attempt in scope.attempts where !known.contains(attempt) {
      let query = "details.sortie_id=" + percentEncoded(attempt.rawValue)
      let found = try await ask(http, query) ?? []
      // Also what an old server sends that does not know this filter.
      results += found
      known.formUnion(found.compactMap(\.attempt))
    }
    return (results, listed != nil)
  }

  private func query(_ scope: Scope) -> String {
    let pod = "pod=" + percentEncoded(scope.pod)
    if let tag = scope.buildTag { return pod + "&build_tag=" + percentEncoded(tag) }
    // Start dates are the coordinator's local times, at most 14 hours from UTC, by the node's clock.
    return pod + "&from=" + percentEncoded(scope.started.advanced(bySeconds: -26 * 3600).spaced)
  }

  /// The results that a query gives; nil: too long.
  private func ask(_ http: HTTPClient, _ query: String) async throws(Fault) -> [StoredResult]? {
    var request = HTTPRequest(method: .get, url: address.displayName + "/results?" + query)
    if let token = address.token { request.headers.append(("X-Auth-Token", token)) }
    let answer: HTTPResponse
    do throws(HTTPFailure) {
      answer = try await http.send(request)
    } catch {
      throw Fault(.link, "\(address.displayName): \(error.reason)", hint: "`--no-api` leaves the servers out")
    }
    if answer.isOverLimit { return nil }
    guard (200..<300).contains(answer.status), answer.damage == nil, let list = StoredList(answer.body) else {
      throw Fault(.link, "\(address.displayName): \(answer.damage ?? answer.line), and no list of results")
    }
    return list.results(under: address.displayName)
  }

  private func dumped(_ path: String) throws(Fault) -> [StoredResult] {
    let bytes = try readFile(path, limit: 1 << 30) ?? []
    return bytes.split(separator: 10).enumerated().compactMap { index, line in
      StoredList.Entry(line: Array(line)).map { $0.result(link: "\(address.displayName) line \(index + 1)") }
    }
  }
}

/// `{"results": […]}`, as far as it is of interest; nothing in it is required.
private struct StoredList: Decodable {
  struct Entry: Decodable {
    let uid, name, project, criteria, attempt: String?

    private enum Field: String, CodingKey {
      case uid = "_id"
      case name = "case_name"
      case project = "project_name"
      case criteria, details
    }
    private enum DetailField: String, CodingKey { case id = "sortie_id" }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Field.self)
      uid = try? fields.decode(String.self, forKey: .uid)
      name = try? fields.decode(String.self, forKey: .name)
      project = try? fields.decode(String.self, forKey: .project)
      criteria = try? fields.decode(String.self, forKey: .criteria)
      let details = try? fields.nestedContainer(keyedBy: DetailField.self, forKey: .details)
      attempt = try? details?.decode(String.self, forKey: .id)
    }

    init?(line: [UInt8]) {
      guard let entry = try? JSONDecoder().decode(Entry.self, from: Data(line)) else { return nil }
      self = entry
    }

    func result(link: String) -> StoredResult {
      StoredResult(
        link: link, attempt: attempt.map(AttemptID.init(rawValue:)), name: name, project: project, criteria: criteria)
    }
  }

  private let results: [Entry]

  init?(_ body: [UInt8]) {
    guard let list = try? JSONDecoder().decode(StoredList.self, from: Data(body)) else { return nil }
    self = list
  }

  func results(under base: String) -> [StoredResult] {
    results.map { $0.result(link: resultLink(href: $0.uid ?? "", under: base)) }
  }
}
