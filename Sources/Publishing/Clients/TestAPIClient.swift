import Dialects
import FoundationEssentials
import Model

/// A client of the OPNFV Test API. Contract: the Test API, "Request/response rules", "Status codes and messages" and
/// "push_to_db exactly". What goes wrong stands in the answer's reason phrase.
public actor TestAPIClient: ResultClient {
  private let base: String
  private let linkBase: String
  private let token: String?
  private let http: HTTPClient
  private var registry = Registry()

  /// `externalURL`: where people find the API (`TEST_DB_EXT_URL`), for links; nil: at `address`. Throws `.usage` if the
  /// token cannot stand in a header, `.system` if there is no thread for the connection.
  public init(to address: ServerAddress, externalURL: ServerAddress? = nil, limits: HTTPLimits = HTTPLimits())
    throws(Fault)
  {
    if let token = address.token, !token.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) {
      throw Fault(.usage, "the token for \(address.displayName) holds characters that no token has")
    }
    base = address.displayName
    linkBase = (externalURL ?? address).displayName
    token = address.token
    http = try HTTPClient(to: address, limits: limits)
  }

  /// Declares what the server does not know yet, then sends the result.
  public func send(_ entry: OutboxEntry) async -> SendResult {
    guard let names = ResultNames(body: entry.body) else { return .refused(reason: "the entry's body is no result") }
    var declared = await declare(names)
    var result = await post(entry, after: declared)
    if case .refused(let reason) = result, isUnknownName(reason), declared == .remembered {
      // Somebody deleted what we had seen there.
      registry.forget()
      declared = await declare(names)
      result = await post(entry, after: declared)
    }
    return result
  }

  /// Looks for a result with the attempt's id. A server that ignores the filter, or cannot be asked this way, gives
  /// whatever it likes: only a result that carries the id counts.
  public func ask(_ entry: OutboxEntry) async -> AskResult {
    guard let id = ResultNames(body: entry.body)?.id else { return .absent }
    let url = base + "/results?details.sortie_id=" + percentEncoded(id)
    switch await exchange(HTTPRequest(method: .get, url: url)) {
    case .failure(let failure): return .unavailable(reason: failure.reason)
    case .success(let answer):
      switch answer.status {
      case 200..<300:
        if answer.isOverLimit { return .absent }
        if let damage = answer.damage { return .unavailable(reason: damage) }
        return ResultList(body: answer.body)?.link(of: id, under: linkBase).map { .found(link: $0) } ?? .absent
      case 300..<400, 401, 407: return .held(reason: redirected(answer))
      case 408, 425, 429, 500...: return .unavailable(reason: answer.line, retryAfter: answer.retryAfter)
      default: return .absent
      }
    }
  }

  private func post(_ entry: OutboxEntry, after declaration: Declaration) async -> SendResult {
    if case .stopped(let result) = declaration { return result }
    var request = HTTPRequest(method: .post(entry.body), url: base + "/results")
    request.headers = [
      ("Content-Type", "application/json"), ("Idempotency-Key", percentEncoded(entry.key.attempt.rawValue)),
    ]
    switch await exchange(request) {
    case .failure(.notSent(let reason)): return .unavailable(reason: reason)
    case .failure(.unanswered(let reason)): return .ambiguous(reason: reason)
    case .success(let answer):
      let result = judged(answer)
      if case .refused(let reason) = result, case .impossible(let why) = declaration {
        return .refused(reason: "\(reason) (it could not be declared: \(why))")
      }
      return result
    }
  }

  private func judged(_ answer: HTTPResponse) -> SendResult {
    switch answer.status {
    case 200..<300:
      if let damage = answer.damage { return .ambiguous(reason: "\(answer.line), but \(damage)") }
      guard let href = Created(body: answer.body)?.href else {
        return .ambiguous(reason: "\(answer.line), but without saying where the result is")
      }
      return .delivered(link: resultLink(href: href, under: linkBase))
    case 300..<400, 407: return .held(reason: redirected(answer))
    case 401: return .held(reason: answer.unwelcome)
    case 403 where isAboutToken(answer.reason): return .held(reason: answer.unwelcome)
    case 408, 425: return .failed(reason: answer.line)
    case 429, 503: return .unavailable(reason: answer.line, retryAfter: answer.retryAfter)
    case 502, 504: return .ambiguous(reason: answer.line)
    case 500...: return .failed(reason: answer.line)
    default: return .refused(reason: answer.line)
    }
  }

  func exchange(_ request: HTTPRequest) async -> Result<HTTPResponse, HTTPFailure> {
    var request = request
    if let token { request.headers.append(("X-Auth-Token", token)) }
    do {
      return .success(try await http.send(request))
    } catch {
      return .failure(error)
    }
  }
}

extension TestAPIClient {
  private func declare(_ names: ResultNames) async -> Declaration {
    var isRemembered = true
    for item in Registry.items(for: names) where !registry.contains(item) {
      isRemembered = false
      let declaration = await declare(item)
      guard declaration == .done else { return declaration }
      registry.insert(item)
    }
    return isRemembered ? .remembered : .done
  }

  private func declare(_ item: Registry.Item) async -> Declaration {
    switch await exchange(HTTPRequest(method: .get, url: base + item.path)) {
    case .failure(let failure): return .stopped(.unavailable(reason: failure.reason))
    case .success(let answer) where (200..<300).contains(answer.status): return .done
    case .success(let answer) where answer.status != 404: return judgedDeclaration(answer)
    case .success: break
    }
    var request = HTTPRequest(method: .post(item.body), url: base + item.collection)
    request.headers = [("Content-Type", "application/json")]
    switch await exchange(request) {
    case .failure(let failure): return .stopped(.unavailable(reason: failure.reason))
    case .success(let answer): return judgedDeclaration(answer)
    }
  }

  private func judgedDeclaration(_ answer: HTTPResponse) -> Declaration {
    switch answer.status {
    case 200..<300: .done
    case 403 where answer.reason.lowercased().contains("already exist"): .done
    // 404 in the server's own words is about a project that went away; else nothing of the kind is served there.
    case 404 where isUnknownName(answer.reason): .impossible(answer.line)
    case 404, 405: .stopped(.held(reason: "no Test API answers at \(base) (\(answer.line))"))
    case 300..<400, 407: .stopped(.held(reason: redirected(answer)))
    case 408, 425, 429, 503: .stopped(.unavailable(reason: answer.line, retryAfter: answer.retryAfter))
    case 500...: .stopped(.failed(reason: answer.line))
    default: .impossible(answer.line)
    }
  }
}

/// What came of declaring a result's names.
private enum Declaration: Equatable {
  /// All of them are known there, and were looked up just now.
  case done
  /// All of them were known there at some time in this session.
  case remembered
  /// The server does not let us, and says why; the result may be taken all the same.
  case impossible(String)
  /// The result cannot be sent now.
  case stopped(SendResult)
}

/// `403 Could Not Found pods […]`, and before 2017 `404 Could not find pod [x]`.
private func isUnknownName(_ reason: String) -> Bool {
  let reason = reason.lowercased()
  return reason.contains("could not found") || reason.contains("could not find")
}

/// `403 Invalid Token`, or a token for other dialects: nothing is wrong with the result.
private func isAboutToken(_ reason: String) -> Bool {
  reason.lowercased().contains("invalid token") || reason.hasPrefix("The token is not for ")
}

private func redirected(_ answer: HTTPResponse) -> String {
  answer.location.map { "\(answer.line): it points to \($0.prefix(200))" } ?? answer.line
}
