import Dialects
import Model
import Store

/// Avocado Server 0.26.0, with what older ones had beside it. Where the original answers 500 to a bad request, this
/// answers 400 or 409 with a `detail`; lists inside a job are of that job.
struct AvocadoDialect: Dialect {
  let store: ResultStore
  let clock: @Sendable () -> Timestamp

  var name: DialectName { .avocado }

  func claims(_ path: [String]) -> Bool { true }

  /// A path that is none at all is answered as an unknown URL is; everything else in JSON.
  func refuse(_ status: Int, _ message: String) -> Reply {
    status == 404 ? AvocadoReply.noSuchURL(nil) : AvocadoReply(Avocado.Refusal(status, message)).reply
  }

  func verbs(of path: [String]) -> [String] { Self.route(path)?.verbs ?? [] }

  private static func route(_ path: [String]) -> AvocadoRoute? {
    AvocadoRoute(path.last == "" ? path.dropLast() : path)
  }

  func answer(_ call: Call) async -> Reply {
    guard let route = Self.route(call.path) else {
      return AvocadoReply.noSuchURL(call)
    }
    // Whatever the verb: nothing is written behind a URL that the original does not write behind.
    if call.path.last != "" { return AvocadoReply.moved(call) }
    var reply: AvocadoReply
    var indentation: Int?
    do {
      indentation = try Avocado.indentation(format: call.parameter("format"), accept: call.fields["accept"])
      reply = try await perform(call, on: route)
    } catch {
      reply = AvocadoReply(refusal(for: error))
    }
    reply.allowed = route.verbs
    if let indentation { reply.indent(by: indentation) }
    return reply.reply
  }

  /// In the original's order: who it is, whether anybody may, whether the URL knows the verb, whether what it names is
  /// there, what the body says.
  private func perform(_ call: Call, on route: AvocadoRoute) async throws -> AvocadoReply {
    if Credentials.isBasic(call.fields), case .malformed(let problem) = Credentials(call.fields) {
      let (status, message) = Gate.Denial.malformed(problem).answer(in: .avocado)
      throw Avocado.Refusal(status, message)
    }
    let mayWrite = call.access.dialects.contains(.avocado) && call.access.allows(project: nil)
    if Gate.isWrite(call.verb), route.isReadOnly || !mayWrite {
      let isAnonymous = call.fields["authorization"] == nil && call.fields["x-auth-token"] == nil
      throw isAnonymous ? Avocado.Refusal.anonymous : .forbidden
    }
    do {
      let request = try AvocadoCall(call, on: route)
      return request.verb == "OPTIONS" ? AvocadoReply(route.metadata) : try await perform(request, on: route)
    } catch let refusal as Avocado.Refusal where route.namesRow && [400, 415].contains(refusal.status) {
      _ = try await perform(AvocadoCall(lookingWhere: call), on: route)
      throw refusal
    }
  }

  private func perform(_ call: AvocadoCall, on route: AvocadoRoute) async throws -> AvocadoReply {
    switch route {
    case .root: AvocadoReply(Avocado.index(root: call.sent.root))
    case .version: AvocadoReply(Avocado.version)
    case .jobStatuses: try listStatuses(Avocado.JobStatus.self, call)
    case .testStatuses: try listStatuses(Avocado.TestStatus.self, call)
    case .jobStatus(let key): try showStatus(Avocado.JobStatus.self, key)
    case .testStatus(let key): try showStatus(Avocado.TestStatus.self, key)
    case .list(let list): try await (call.verb == "POST" ? addRow(list, call) : listRows(list, call))
    case .row(let list, let key): try await perform(call, list, key)
    case .jobs: try await (call.verb == "POST" ? addJob(call) : listJobs(call))
    case .jobSummary: AvocadoReply(Avocado.show(Avocado.Summary(try await store.avocadoJobSummary())))
    case .job(let name): try await perform(call, job: AvocadoJobName(name, forWriting: call.isWrite))
    case .passRate(let name): AvocadoReply(try await figures(name).passRate)
    case .testCount(let name): AvocadoReply(try await figures(name).testCount)
    case .testSummary(let name):
      AvocadoReply(
        Avocado.show(
          Avocado.Summary(
            try await store.avocadoTestSummary(of: AvocadoJobName(name, forWriting: false)))))
    case .addActivity: try await addActivity(call)
    case .addTestActivity(let name): try await addTestActivity(name, call)
    case .inner(let job, let list): try await perform(call, AvocadoJobName(job, forWriting: call.isWrite), list)
    case .innerRow(let job, let list, let key):
      try await perform(call, AvocadoJobName(job, forWriting: call.isWrite), list, try Self.key(key))
    }
  }

  private func perform(_ call: AvocadoCall, job: AvocadoJobName) async throws -> AvocadoReply {
    switch call.verb {
    case "PUT", "PATCH": return try await changeJob(job, call)
    case "DELETE":
      try await store.removeAvocadoJob(job)
      return .gone
    default: return stream(try await store.avocadoJob(job))
    }
  }

  private func perform(_ call: AvocadoCall, _ job: AvocadoJobName, _ list: AvocadoRoute.Inner) async throws
    -> AvocadoReply
  {
    let adds = call.verb == "POST"
    switch list {
    case .jobActivities: return try await (adds ? addActivity(to: job, call) : listActivities(of: job, call))
    case .tests: return try await (adds ? addTest(to: job, call) : listTests(of: job, call))
    case .testActivities(let test):
      let test = try Self.key(test)
      return try await (adds ? addActivity(to: test, of: job, call) : listActivities(of: test, of: job, call))
    case .testData(let test):
      let test = try Self.key(test)
      return try await (adds ? addDatum(to: test, of: job, call) : listData(of: test, of: job, call))
    }
  }

  private func perform(
    _ call: AvocadoCall, _ job: AvocadoJobName, _ list: AvocadoRoute.Inner, _ key: Int64
  ) async throws -> AvocadoReply {
    switch list {
    case .jobActivities: try await oneActivity(key, of: job, call)
    case .tests: try await oneTest(key, of: job, call)
    case .testActivities(let test): try await oneActivity(key, ofTest: try Self.key(test), of: job, call)
    case .testData(let test): try await oneDatum(key, of: try Self.key(test), of: job, call)
    }
  }

  /// The number of a row in a path; anything else names none.
  static func key(_ text: String) throws(Avocado.Refusal) -> Int64 {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let key = Int64(text) else { throw .absent }
    return key
  }
}

extension AvocadoDialect {
  /// What is answered to something that went wrong.
  private func refusal(for error: any Error) -> Avocado.Refusal {
    switch error {
    case let refusal as Avocado.Refusal: refusal
    case let problem as AvocadoProblem: Avocado.Refusal(problem)
    default: Avocado.Refusal(503, "Store failure: \(error)")
    }
  }
}

extension Avocado.Refusal {
  /// What is answered where nothing more particular is known.
  fileprivate init(_ problem: AvocadoProblem) {
    switch problem {
    case .absent, .parentAbsent: self = .absent
    case .ambiguous: self = .ambiguous
    case .exists: self = .exists
    case .tied: self = .tied
    case .requestKeyReused: self = .requestKeyReused
    }
  }
}
