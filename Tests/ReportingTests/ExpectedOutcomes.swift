import Model

@testable import Reporting

/// What must come out for one case, in every format.
struct Expected {
  var tier: String
  var id: String
  var verdict: Verdict
  var reason: String?
  var node: String?
  var attempts: Int
  var duration: Double?
  var result: Double?
  var publication: Publication.State
  var flaky: String?
}

/// The one model of a run in which everything happens that can happen.
enum ExpectedOutcomes {
  static let server = "http://api.example/api/v1"

  static let cases: [Expected] = [
    Expected(
      tier: "healthcheck", id: "node_ready@n1", verdict: .pass, node: "n1", attempts: 1, duration: 0.5, result: 100,
      publication: .delivered),
    Expected(
      tier: "healthcheck", id: "node_ready@n2", verdict: .pass, node: "n2", attempts: 1, duration: 0.5, result: 100,
      publication: .delivered),
    Expected(
      tier: "smoke", id: "vping_ssh", verdict: .pass, node: "n1", attempts: 1, duration: 61.75, result: 100,
      publication: .delivered),
    Expected(
      tier: "smoke", id: "vping_userdata", verdict: .fail, reason: "ping lost 100 % of <5> packets", node: "n2",
      attempts: 1, duration: 3, result: 0, publication: .refused),
    Expected(
      tier: "smoke", id: "tempest", verdict: .pass, node: "n1", attempts: 2, duration: 125, result: 95.5,
      publication: .pending),
    Expected(
      tier: "features", id: "doctor", verdict: .skip, reason: "scenario os-nosdn does not match 'odl'", attempts: 0,
      publication: .no),
    Expected(
      tier: "features", id: "odl", verdict: .skip, reason: "no controller here", node: "n2", attempts: 1, duration: 1,
      publication: .no),
    Expected(
      tier: "features", id: "gone", verdict: .error, reason: "robot is not installed", node: "n1", attempts: 2,
      duration: 0.25, publication: .no),
    Expected(
      tier: "vnf", id: "leaky", verdict: .pass, node: "n1", attempts: 1, duration: 9, result: 100,
      publication: .delivered),
    Expected(
      tier: "vnf", id: "cut", verdict: .error, reason: "cancelled while it ran", node: "n2", attempts: 1, duration: 7,
      publication: .no),
    Expected(
      tier: "vnf", id: "never", verdict: .error, reason: "no verdict was reported: never leased", attempts: 0,
      publication: .no),
    Expected(
      tier: "vnf", id: "adrift", verdict: .error,
      reason: "no verdict was reported: running on n2 since \(adriftSince), 2.1 kB of output", node: "n2",
      attempts: 1, publication: .no),
    Expected(
      tier: "vnf", id: "shaky", verdict: .pass, reason: "flaky: passed on attempt 2 of 3", node: "n1", attempts: 2,
      duration: 4, result: 100, publication: .delivered, flaky: "2/3"),
  ]

  static let counts = Counts(pass: 6, fail: 1, skip: 2, error: 4, flaky: 1)

  private static let adriftSince = Script.start.advanced(bySeconds: 1000).rfc3339

  static func script() -> Script {
    var script = Script()
    script.begin(plan, servers: [server], nodes: ["n1", "n2", "n3", "n4"].map { Node(name: $0, address: .local) })
    script.add(.nodeReady(.init(node: "n1", facts: NodeFacts(system: "Linux 6.1", architecture: "x86_64", slots: 2))))
    script.add(.nodeReady(.init(node: "n2", facts: NodeFacts(warnings: ["KillUserProcesses is on"]))))
    script.add(.nodeExcluded(.init(node: "n3", reason: "host key is not the pinned one")))
    script.attempt("node_ready@n1", on: "n1", .pass, result: 100, duration: 0.5)
    script.finish("node_ready@n1", .pass)
    script.attempt("node_ready@n2", on: "n2", .pass, result: 100, duration: 0.5)
    script.finish("node_ready@n2", .pass)
    smoke(&script)
    rest(&script)
    for id in ["node_ready@n1", "node_ready@n2", "vping_ssh", "leaky", "shaky"] {
      script.add(.published(.init(id: CaseID(rawValue: id), server: server, link: "\(server)/results/\(id)")))
    }
    script.add(.published(.init(id: CaseID(rawValue: "vping_userdata"), server: server, refusal: "403 pod unknown")))
    return script
  }

  private static func smoke(_ script: inout Script) {
    script.attempt("setup:tier:smoke", on: "n1", .pass, duration: 1)
    script.attempt("vping_ssh", on: "n1", .pass, result: 100, duration: 61.75, output: "one\ntwo\n")
    script.finish("vping_ssh", .pass)
    script.start("tempest", 1, on: "n2")
    script.attempt(
      "vping_userdata", on: "n2", .fail, result: 0, reason: "ping lost 100 % of <5> packets",
      output: "ping…\nlost\n\u{1b}[31mred\u{1b}[0m")
    script.finish("vping_userdata", .fail, "ping lost 100 % of <5> packets")
    script.add(.nodeLost(.init(node: "n2", reason: "no frame for 10 s")))
    // The first attempt of tempest is given up without a word; the second one has the higher fence.
    script.attempt("tempest", 2, on: "n1", .pass, result: 95.5, duration: 125)
    script.finish("tempest", .pass, attempts: 2)
    script.add(.nodeReady(.init(node: "n2", facts: NodeFacts())))
    script.attempt("teardown:tier:smoke", on: "n1", .fail, reason: "3 ports are left")
  }

  private static func rest(_ script: inout Script) {
    script.finish("doctor", .skip, "scenario os-nosdn does not match 'odl'", attempts: 0)
    script.attempt("odl", on: "n2", .skip, result: 0, reason: "no controller here", duration: 1)
    script.finish("odl", .skip, "no controller here")
    script.attempt("gone", 1, on: "n2", .error, reason: "robot is not installed", duration: 0.25)
    script.attempt("gone", 2, on: "n1", .error, reason: "robot is not installed", duration: 0.25)
    script.finish("gone", .error, "robot is not installed", attempts: 2)
    script.attempt("leaky", on: "n1", .pass, result: 100, duration: 9, leaked: ["sleep (4711)"])
    script.add(.artifact(.init(attempt: script.attempt("leaky", 1), path: "out/report.html", size: 9, isCut: true)))
    script.finish("leaky", .pass)
    script.add(.notice(.init(.warning, "the disk is nearly full", node: "n1")))
    script.start("adrift", on: "n2", began: Script.start.advanced(bySeconds: 1000))
    script.print("adrift", Array(repeating: 65, count: 2100))
    script.attempt("shaky", 1, on: "n2", .fail, result: 0, reason: "no <answer>", output: "lost\n")
    script.attempt("shaky", 2, on: "n1", .pass, result: 100, duration: 4)
    script.finish("shaky", .pass, "flaky: passed on attempt 2 of 3", attempts: 2)
    script.add(.cancelRequested(.init(by: "interrupt", now: false)))
    script.attempt("cut", on: "n2", .error, reason: "cancelled while it ran", duration: 7)
    script.finish("cut", .error, "cancelled while it ran")
    script.add(.unknown("node_painted"))
    script.add(.runResumed(.init(version: "0.2.0", host: "jump")))
    script.add(.nodeReady(.init(node: "n1", facts: NodeFacts(system: "Linux 6.1", architecture: "x86_64", slots: 2))))
    script.add(.nodeReady(.init(node: "n2", facts: NodeFacts(warnings: ["KillUserProcesses is on"]))))
    script.end(cancelled: true, missing: ["never", "adrift"])
  }

  private static var plan: [PlannedCase] {
    [
      planned("healthcheck", "node_ready", node: "n1", project: "sortie"),
      planned("healthcheck", "node_ready", node: "n2", project: "sortie"),
      planned("smoke", "vping_ssh"), planned("smoke", "vping_userdata"),
      planned("smoke", "tempest", domain: "tempest", criteria: .expression("success_rate >= 90%")),
      planned("features", "doctor", skip: "scenario os-nosdn does not match 'odl'"),
      planned("features", "odl"), planned("features", "gone"),
      planned("vnf", "leaky"), planned("vnf", "cut"), planned("vnf", "never"), planned("vnf", "adrift"),
      planned("vnf", "shaky", retries: 2),
    ]
  }
}
