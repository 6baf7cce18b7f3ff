import Foundation
import Journal
import Model
import Reporting
import Testing

/// What may be different from a run in which nothing happened.
struct Tolerance: Sendable {
  /// Attempts may have ended in errors before the one that decided.
  var errors = false
  /// A paused machine: what it had in hand may have been alive beside the attempt that took its place.
  var overlap = false
  /// The exit status; nil: as the verdicts say.
  var exit: Int32?
}

/// Holds what is promised of every run, whatever happened to it, against what one left: its folder, the collection API,
/// and the machine.
func checkRun(
  _ site: Site, _ talkers: [Talker], api: String? = nil, _ tolerance: Tolerance = Tolerance(),
  story: String = ""
) async throws {
  let output = try RunOutput(onlyIn: site.state)
  let report = try output.report()
  checkCases(report, talkers, output, tolerance, story)
  try checkEvents(output, talkers, story)
  checkLogs(report, talkers, output, story)
  checkLives(site, report, tolerance, story)
  if let api { try await checkAPI(api, report, talkers, story) }
  let verified = try await site.sortie("verify", output.name, "--state", site.state)
  #expect(verified.status == 0, "\(verified) \(story)")
  for process in ProcessEntry.naming(site.folder + "/stayer") { try await site.end(of: process) }
  #expect(ProcessEntry.naming(site.folder + "/stayer").isEmpty, "left running \(story)")
}

/// Each planned case once, with the verdict it must have, in the report and in the JUnit file.
private func checkCases(
  _ report: Report, _ talkers: [Talker], _ output: RunOutput, _ tolerance: Tolerance, _ story: String
) {
  #expect(report.isComplete && report.missing.isEmpty, "\(report.missing) \(story)")
  #expect(report.cases.map(\.id) == talkers.map(\.name), "\(story)")
  let exit = tolerance.exit ?? (talkers.contains { $0.fails } ? 1 : 0)
  #expect(report.exit == exit, "\(report.exitReason) \(story)")
  let junit = output.text("junit.xml").matches(of: /<testcase [^>]*?\bname="([^"]*)"/).map { String($0.output.1) }
  #expect(junit == talkers.map(\.name), "\(story)")
  for (one, talker) in zip(report.cases, talkers) {
    #expect(one.verdict == (talker.fails ? .fail : .pass), "\(one) \(story)")
    #expect(one.history.count == one.attempts && one.history.last?.attempt == one.decided, "\(one) \(story)")
    #expect(one.history.last?.verdict == one.verdict, "\(one) \(story)")
    #expect(tolerance.errors || one.attempts == 1, "done again for nothing: \(one) \(story)")
    #expect(one.history.dropLast().allSatisfy { $0.verdict == .error }, "\(one) \(story)")
  }
}

/// The event stream has no gaps, one end an attempt and a case, and is what the journal holds.
private func checkEvents(_ output: RunOutput, _ talkers: [Talker], _ story: String) throws {
  let events = try output.events()
  #expect(events.compactMap { $0["number"] as? Int } == Array(1...max(1, events.count)), "numbers \(story)")
  func named(_ name: String, _ key: String) -> [String] {
    events.filter { $0["event"] as? String == name }.compactMap { $0[key] as? String }
  }
  let ended = named("attempt_finished", "attempt")
  #expect(Set(ended).count == ended.count, "one verdict an attempt \(story)")
  let began = named("attempt_started", "attempt")
  #expect(Set(began).count == began.count, "\(story)")
  #expect(named("case_finished", "id").sorted() == talkers.map(\.name).sorted(), "one verdict a case \(story)")
  #expect(events.count { $0["event"] as? String == "run_finished" } == 1, "\(story)")
  let fences = events.compactMap { $0["fence"] as? Int }
  #expect(Set(fences).count == fences.count, "fencing numbers \(story)")
}

/// What is in the logs is what the cases printed.
private func checkLogs(_ report: Report, _ talkers: [Talker], _ output: RunOutput, _ story: String) {
  for (one, talker) in zip(report.cases, talkers) {
    let path = output.folder.path + "/" + (one.log ?? "")
    let log = FileManager.default.contents(atPath: path) ?? Data()
    guard log != talker.log else { continue }
    let same = zip(log, talker.log).prefix { $0 == $1 }.count
    Issue.record(
      """
      \(one.id): \(log.count) bytes instead of \(talker.log.count), different from byte \(same): \
      \(String(decoding: log.dropFirst(max(0, same - 40)).prefix(120), as: UTF8.self)) \(story)
      """)
  }
}

/// What the cases themselves saw: each attempt began once, each of them is in the report, and no two of a case at once.
private func checkLives(_ site: Site, _ report: Report, _ tolerance: Tolerance, _ story: String) {
  let begun = site.read("begun").lines
  #expect(Set(begun).count == begun.count, "begun twice: \(begun.sorted()) \(story)")
  let known = Set(report.cases.flatMap { $0.history.map(\.attempt) })
  #expect(known.isSuperset(of: begun), "unknown attempts ran: \(Set(begun).subtracting(known)) \(story)")
  #expect(Set(begun).isSuperset(of: report.cases.compactMap(\.decided)), "\(story)")
  #expect(tolerance.overlap || site.read("twice").isEmpty, "two alive at once: \(site.read("twice")) \(story)")
}

/// Each pass and fail once, under the attempt that decided it.
private func checkAPI(_ api: String, _ report: Report, _ talkers: [Talker], _ story: String) async throws {
  let results = try await WebClient.results(api, "pod=\(Site.pod)")
  let got = results.map { one in
    "\(one["case_name"] ?? "") \(one["criteria"] ?? "") \((one["details"] as? [String: Any])?["sortie_id"] ?? "")"
  }
  let due = report.cases.map { "\($0.name) \($0.verdict == .pass ? "PASS" : "FAIL") \($0.decided ?? "")" }
  #expect(got.sorted() == due.sorted(), "the API \(story)")
}

extension Site {
  /// The pod that results of these runs are published under.
  static let pod = "chaos-pod"
}
