import ArgumentParser
import Journal
import Model
import Publishing
import Reporting

struct VerifyVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Hold a run's journal, logs, reports and what the collection APIs have against each other.",
    discussion: """
      Examples:
        sortie verify 20261121-0936               a run by any unique prefix of its name
        sortie verify 2026 --no-api               only what lies on this machine
        SORTIE_TOKEN=… sortie verify 2026 -o json

      Exits 0 if all agrees, 1 if something does not, 3 if something could not be looked at, and 5 if results are only
      still on their way. docs/verify.md lists the checks.
      """)

  @Argument(help: "The run, by any unique prefix.")
  var run: String

  @Flag(help: "Ask no collection API.")
  var noApi = false

  @OptionGroup var state: StateOptions
  @OptionGroup var format: FormatOptions

  private struct Document: Encodable {
    var run: String
    var alive: Bool
    var checks: Int
    var findings: [Finding]
  }

  func run() async throws {
    let folder = try RunFolder.find(run, in: state.folder)
    var verification = RunVerification(folder, state: state.folder)
    try verification.checkFolder()
    if !noApi { await verification.checkServers(try Publication.servers([], isOff: false)) }
    let findings = verification.findings
    switch format.format {
    case .json:
      try JSONOutput.write(
        Document(
          run: folder.run.rawValue, alive: verification.isAlive, checks: findings.checks, findings: findings.all))
    case .table: show(findings, folder, isAlive: verification.isAlive)
    }
    throw status(of: findings)
  }

  private func show(_ findings: Findings, _ folder: RunFolder, isAlive: Bool) {
    if isAlive { Terminal.say("run \(folder.run) is alive: what is not there yet is no finding") }
    for one in findings.all {
      let advice = one.advice.map { " (\($0))" } ?? ""
      Terminal.write("\(one.kind == .finding ? "" : "\(one.kind.rawValue): ")\(one.subject) \(one.what)\(advice)\n")
    }
    Terminal.write("\(findings.checks) checks, \(findings.count(of: .finding)) findings\n")
  }

  private func status(of findings: Findings) -> ExitStatus {
    if findings.count(of: .finding) > 0 { return .failed }
    if findings.count(of: .unreachable) > 0 { return .infrastructure }
    return findings.count(of: .pending) > 0 ? .undelivered : .passed
  }
}
