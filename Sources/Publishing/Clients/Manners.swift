import FoundationEssentials
import Model

/// What an answer says about a request of a submission.
enum StepJudgement: Hashable, Sendable {
  /// The server has done it.
  case done
  /// The server has it already, as it says.
  case known
  /// It may be there already: the server is asked. If it is not, this counts.
  case doubtful(SendResult)
  /// What was to be changed is not there.
  case gone(reason: String)
  /// It is not done.
  case stopped(SendResult)
}

/// How servers of a dialect answer.
protocol Manners: Sendable {
  /// What an answer to a request of a submission says.
  func judge(_ answer: HTTPResponse, at base: String) -> StepJudgement
}

extension HTTPResponse {
  /// The body, if it is JSON.
  var json: JSONValue? {
    guard damage == nil, !isOverLimit else { return nil }
    return try? JSONDecoder().decode(JSONValue.self, from: Data(body))
  }

  /// `400 Bad Request: status: "X" is no status`: the status line and what the body says, in one line of at most 500
  /// characters.
  var words: String {
    guard case .object(let members)? = json, !members.isEmpty else { return line }
    let said: String
    if let text = (members["message"] ?? members["detail"])?.string {
      said = text
    } else {
      said = members.sorted { $0.key < $1.key }.map { name, value in
        let texts = value.array?.compactMap(\.string) ?? [value.string].compactMap(\.self)
        return "\(name): \(texts.joined(separator: " "))"
      }.joined(separator: "; ")
    }
    let clean = String(decoding: said.utf8.map { $0 < 32 || $0 == 127 ? 32 : $0 }, as: UTF8.self)
    return String("\(line): \(clean)".prefix(500))
  }

  /// ``words`` of somebody who does not know us, and what to do about it.
  var unwelcome: String { words + "; who may write there says so with SORTIE_TOKEN, or user and password in the URL" }

  /// `301 Moved Permanently: it points to http://…`.
  var direction: String { location.map { "\(line): it points to \($0.prefix(200))" } ?? line }

  /// What status codes say in any dialect; nil: it depends.
  var commonJudgement: StepJudgement? {
    switch status {
    case 300..<400: .stopped(.held(reason: direction + "; is this the base path?"))
    case 401, 403: .stopped(.held(reason: unwelcome))
    case 407: .stopped(.held(reason: words))
    case 408, 425: .doubtful(.failed(reason: words))
    case 429, 503: .stopped(.unavailable(reason: words, retryAfter: retryAfter))
    case 502, 504: .stopped(.ambiguous(reason: words))
    default: nil
    }
  }
}

/// paddles: errors are `{"message": …}`, or HTML where the server failed or knows no such address.
struct PaddlesManners: Manners {
  func judge(_ answer: HTTPResponse, at base: String) -> StepJudgement {
    if let common = answer.commonJudgement { return common }
    let message = answer.json?["message"]?.string
    switch answer.status {
    case 200..<300:
      if let damage = answer.damage { return .stopped(.ambiguous(reason: "\(answer.line), but \(damage)")) }
      return answer.json?.object == nil ? .stopped(stranger(answer, base)) : .done
    case 400 where message?.hasSuffix("already exists") == true: return .known
    case 404 where message != nil: return .gone(reason: answer.words)
    case 404, 405: return .stopped(stranger(answer, base))
    // It fails at what it does not like, and at what somebody else writes at the same time.
    case 500...: return .doubtful(.failed(reason: answer.words))
    default: return .stopped(.refused(reason: answer.words))
    }
  }

  private func stranger(_ answer: HTTPResponse, _ base: String) -> SendResult {
    .held(
      reason: "no paddles answers at \(base) (\(answer.line)); name its base path, as in paddles+http://host/paddles")
  }
}

/// Avocado Server: errors are `{"detail": …}` or a list of messages for each field; doubles are 400, or 500 of servers
/// that do not look.
struct AvocadoManners: Manners {
  func judge(_ answer: HTTPResponse, at base: String) -> StepJudgement {
    if let common = answer.commonJudgement { return common }
    switch answer.status {
    case 200..<300:
      if let damage = answer.damage { return .stopped(.ambiguous(reason: "\(answer.line), but \(damage)")) }
      return answer.json?.object == nil ? .stopped(stranger(answer, base)) : .done
    case 400, 409: return .doubtful(.refused(reason: answer.words))
    case 404 where answer.json?.object != nil: return .stopped(.refused(reason: answer.words))
    case 404, 405: return .stopped(stranger(answer, base))
    case 500...: return .doubtful(.failed(reason: answer.words))
    default: return .stopped(.refused(reason: answer.words))
    }
  }

  private func stranger(_ answer: HTTPResponse, _ base: String) -> SendResult {
    .held(
      reason:
        "no Avocado server answers at \(base) (\(answer.line)); name its base path, as in avocado+http://host/avocado"
    )
  }
}
