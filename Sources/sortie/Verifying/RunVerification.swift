import Dialects
import Foundation
import Journal
import Model
import Publishing
import Reporting

/// Holds everything that is kept of a run against each other: journal, raw logs, artifacts, reports, servers.
struct RunVerification {
  let folder: RunFolder
  let state: String
  /// Looked at before the journal, so that a run that ends meanwhile counts as alive.
  let isAlive: Bool
  private var stage: RunStage
  private var isDamaged = false
  private(set) var findings = Findings()
  private var check = JournalCheck()
  private var run = RunState()
  private var events: [Event] = []

  init(_ folder: RunFolder, state: String) {
    self.folder = folder
    self.state = state
    isAlive = JournalWriter.isAlive(folder)
    stage = isAlive ? .alive : .over
  }

  /// Everything that lies on this machine. Throws `.system` if the journal cannot be read at all.
  mutating func checkFolder() throws(Fault) {
    try readJournal()
    findings.take(check.findings)
    findings.take(check.files { size(of: folder.path + "/" + $0) })
    guard !isDamaged else {
      return findings.note(
        Finding(
          "journal", "is damaged: reports and servers were not held against what is left of it", kind: .information))
    }
    let reports = ReportCheck(folder: folder, isAlive: isAlive, hasEnded: check.hasEnded)
    findings.take(reports.findings(events, run))
    if !isAlive, !reports.isReported || !check.hasEnded { stage = .cutOff }
  }

  private mutating func readJournal() throws(Fault) {
    let reader: JournalReader
    do throws(Fault) {
      reader = try JournalReader(folder)
    } catch  where error.code == .notFound {
      throw Fault(.damaged, "\(folder.path) holds no journal, so there is nothing to check it against")
    }
    do throws(Fault) {
      while let event = try reader.next() {
        check.take(event)
        run.apply(event)
        events.append(event)
      }
      findings.check(true, Finding("journal", ""))
    } catch  where error.code == .damaged {
      findings.check(false, Finding("journal", error.message, advice: error.hint))
      isDamaged = true
      return
    }
    check.conclude(isAlive: isAlive)
  }

  /// What each server of the run holds of it. `addresses`: servers with the credentials that they may want.
  mutating func checkServers(_ addresses: [ServerAddress]) async {
    guard !isDamaged, let header = check.header else { return }
    let waiting = await waiting()
    for server in header.servers {
      do throws(Fault) {
        let address =
          if let known = addresses.first(where: { $0.displayName == server }) { known } else {
            try ServerAddress(parsing: server, token: variable("SORTIE_TOKEN"))
          }
        switch address.dialect {
        case .testapi, .file: try await checkResults(address, waiting[server] ?? [:])
        case .paddles, .avocado: try await checkSteps(address, waiting[server] ?? [:])
        }
      } catch {
        findings.note(Finding(server, "does not answer: \(error.message)", kind: .unreachable, advice: error.hint))
      }
    }
  }

  private mutating func checkResults(_ address: ServerAddress, _ waiting: [SubmissionID: OutboxRow]) async throws(Fault)
  {
    let server = address.displayName
    guard let header = check.header, let pod = header.pod, let started = check.started else { return }
    let scope = ResultLookup.Scope(
      pod: pod, buildTag: header.buildTag, started: started, attempts: check.expected.filter(\.isAskable).map(\.attempt)
    )
    let (stored, isWhole) = try await ResultLookup(address).results(scope)
    let attempts = Dictionary(uniqueKeysWithValues: waiting.map { (AttemptID(rawValue: $0.rawValue), $1) })
    findings.take(check.results(on: server, stored: stored, waiting: attempts, stage: stage))
    guard !isWhole else { return }
    findings.note(
      Finding(
        server, "holds too much to be read at once: results of unknown attempts were not looked for",
        kind: .information))
  }

  /// What the events mean to the server, made once more, must be there.
  private mutating func checkSteps(_ address: ServerAddress, _ waiting: [SubmissionID: OutboxRow]) async throws(Fault) {
    findings.take(
      try await StepCheck(address).findings(
        Publication.submissions(of: events, to: address), waiting: waiting, run: folder.run, stage: stage))
  }

  /// What the outbox holds of this run, by server and submission.
  private func waiting() async -> [String: [SubmissionID: OutboxRow]] {
    guard FileManager.default.fileExists(atPath: state + "/outbox"),
      let rows = try? await Publication.outbox(state).inventory(now: wallClock()).rows
    else { return [:] }
    var waiting: [String: [SubmissionID: OutboxRow]] = [:]
    for row in rows where row.run == folder.run {
      if let key = row.key { waiting[key.server, default: [:]][key.submission] = row }
    }
    return waiting
  }
}

/// Bytes of a file; nil if it is not there.
private func size(of path: String) -> Int64? {
  (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber)?.int64Value
}
