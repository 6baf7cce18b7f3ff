import Dialects
import Model

/// Holds what a paddles or Avocado server has of a run against what the run's events mean to it: every status must be
/// there as it was told.
public struct StepCheck: Sendable {
  private let address: ServerAddress
  private let client: StepClient

  /// Throws `.usage` for an address of another dialect, `.system`.
  public init(
    _ address: ServerAddress, limits: HTTPLimits = HTTPLimits(totalSeconds: 120, answerBytes: 256 << 20)
  ) throws(Fault) {
    self.address = address
    switch address.dialect {
    case .paddles: client = try StepClient(to: address, PaddlesManners(), limits: limits, isCaching: true)
    case .avocado: client = try StepClient(to: address, AvocadoManners(), limits: limits, isCaching: true)
    case .testapi, .file: throw Fault(.usage, "\(address.displayName) is told of results only")
    }
  }

  /// Asks for each status that the submissions bring. `waiting`: what the outbox says of this run and server. Throws
  /// `.link` if the server does not answer as it should.
  public func findings(
    _ submissions: [Submission], waiting: [SubmissionID: OutboxRow], run: RunID, stage: RunStage
  ) async throws(Fault) -> Findings {
    var findings = Findings()
    for submission in submissions where submission.standing == .lasting {
      guard case .steps(let steps) = submission.content else { continue }
      for step in steps where step.test == nil && step.question?.members["status"] != nil {
        let isThere: Bool
        do {
          isThere = try await client.has(step)
        } catch {
          throw Fault(.link, "\(address.displayName): \(error.reason)", hint: "`--no-api` leaves the servers out")
        }
        findings.check(isThere, missing(submission, step, waiting[submission.id], run, stage))
      }
    }
    return findings
  }

  private func missing(
    _ submission: Submission, _ step: SubmissionStep, _ row: OutboxRow?, _ run: RunID, _ stage: RunStage
  ) -> Finding {
    let status = step.question?.members["status"]?.string ?? ""
    let what = "is not there as \(status) on \(address.displayName)"
    let why = row?.reason.map { ": \($0)" } ?? ""
    switch row?.state {
    case .waits?, .mayHaveArrived?:
      return Finding(
        submission.title, "\(what) yet; it waits in the outbox\(why)", kind: .pending,
        advice: "`sortie outbox flush` tries now")
    case .refused?:
      return Finding(
        submission.title, "\(what), which refused it\(why)",
        advice: "`sortie outbox retry \(submission.id)` sends it again")
    case .damaged?, nil: break
    }
    switch stage {
    case .alive: return Finding(submission.title, "\(what) yet; the run is alive", kind: .pending)
    case .cutOff:
      return Finding(
        submission.title, "\(what) yet; the run was cut off", kind: .pending,
        advice: "`sortie resume \(run)` publishes it")
    case .over:
      return Finding(
        submission.title, "\(what), and does not wait in the outbox",
        advice: "somebody dropped it, changed it there, or the server lost it")
    }
  }
}

/// Why a server cannot be asked.
struct LookupFailure: Error { let reason: String }
