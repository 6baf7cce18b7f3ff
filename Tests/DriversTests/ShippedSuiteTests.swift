import Drivers
import Foundation
import Model
import Testing

/// The scripts and suites under `tiers/`, each in an empty folder that holds nothing but its files.
struct ShippedSuiteTests {
  private static let tiers = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "tiers")

  private func bring(_ files: [String], to attempt: Attempt) throws {
    for file in files {
      let target = attempt.work.appending(path: file)
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: Self.tiers.appending(path: file), to: target)
    }
  }

  private func script(_ path: String) -> RunSpec {
    RunSpec(driver: "exec", args: ["argv": ["/bin/sh", .string(path)], "skip_exit": 77])
  }

  struct Check: Sendable {
    var script: String
    var environment: [String: String]
    var verdict: Verdict
    var reason: String?
  }

  static let checks = [
    Check(
      script: "healthcheck/node_ready",
      environment: ["NODE_MIN_DISK_MB": "1", "NODE_MIN_MEMORY_MB": "1", "SORTIE_CLOCK_OFFSET_MS": "-12.5"],
      verdict: .pass),
    Check(
      script: "healthcheck/node_ready",
      environment: ["NODE_MIN_DISK_MB": "1", "NODE_MIN_MEMORY_MB": "1", "SORTIE_CLOCK_OFFSET_MS": "-5000"],
      verdict: .fail,
      reason: "exit status 1: the clock is -5000 ms off the coordinator's, 2000 ms are allowed"),
    Check(
      script: "healthcheck/node_ready",
      environment: ["NODE_MIN_DISK_MB": "a lot", "NODE_MIN_MEMORY_MB": "1", "SORTIE_CLOCK_OFFSET_MS": "soon"],
      verdict: .fail,
      reason: "exit status 1: NODE_MIN_DISK_MB is \"a lot\", not a whole number; "
        + "SORTIE_CLOCK_OFFSET_MS is \"soon\", not a number"),
    Check(
      script: "healthcheck/sut_reachable", environment: [:], verdict: .skip,
      reason: "the SUT names no endpoint (SUT_URL, OS_AUTH_URL, SUT_HOST and SUT_PORT, SUT_ENDPOINTS)"),
    Check(
      script: "healthcheck/sut_reachable", environment: ["SUT_URL": "controller"], verdict: .fail,
      reason: "exit status 1: SUT_URL is no URL: it has no scheme"),
    Check(
      script: "healthcheck/sut_reachable", environment: ["SUT_ENDPOINTS": "127.0.0.1:$(id)"], verdict: .fail,
      reason: "exit status 1: 127.0.0.1:$(id) is not HOST:PORT"),
  ]

  @Test(arguments: checks)
  func healthChecksSayWhatTheyFind(check: Check) async throws {
    try await Attempt.with { attempt in
      try bring([check.script], to: attempt)
      attempt.environment.merge(check.environment) { $1 }
      let judgement = try await attempt.run(script(check.script))
      #expect(judgement.verdict == check.verdict, "\(attempt.output)")
      #expect(judgement.reason == check.reason)
    }
  }

  @Test func aListeningSystemIsReachableAndAClosedPortIsNot() async throws {
    let listener = try Listener()
    defer { listener.close() }
    try await Attempt.with { attempt in
      try bring(["healthcheck/sut_reachable"], to: attempt)
      attempt.environment["SUT_URL"] = "http://user@127.0.0.1:\(listener.port)/path"
      let judgement = try await attempt.run(script("healthcheck/sut_reachable"))
      #expect(judgement.verdict == .pass, "\(attempt.output)")
      // Bound and not listening, so that nobody else can listen there meanwhile.
      attempt.environment["SUT_ENDPOINTS"] = "127.0.0.1:\(listener.closedPort)"
      let second = try await attempt.run(script("healthcheck/sut_reachable"))
      #expect(second.verdict == .fail, "\(attempt.output)")
    }
  }

  /// Twice each and all at once: they must not get into each other's way, and must leave no process behind.
  @Test(arguments: ["vping_ssh", "vping_userdata"], 1...2)
  func twoMachinesReachEachOther(name: String, turn: Int) async throws {
    let mark = "SORTIE_PREFIX=t\(turn)\(UInt32.random(in: 0...99_999_999))"
    try await Attempt.with { attempt in
      try bring(["smoke/machines.sh", "smoke/\(name)"], to: attempt)
      attempt.environment["SORTIE_PREFIX"] = String(mark.dropFirst("SORTIE_PREFIX=".count))
      let judgement = try await attempt.run(script("smoke/\(name)"))
      if judgement.verdict == .skip {
        #expect(judgement.reason?.hasPrefix("skipped by itself") == false)
      } else {
        #expect(judgement.verdict == .pass, "\(attempt.output)")
        #expect(attempt.output.contains("vPing OK"))
      }
    }
    #expect(processes(with: mark) == [])
  }

  private func processes(with mark: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.filter { name in
      guard Int(name) != nil, let data = try? Data(contentsOf: URL(filePath: "/proc/\(name)/environ")) else {
        return false
      }
      return data.split(separator: 0).contains(Data(mark.utf8))
    }
  }

  static let suites: [([String], RunSpec)] = [
    (
      ["features/test_files_and_sockets.py"],
      RunSpec(driver: "pytest", args: ["dir": "features/test_files_and_sockets.py"])
    ),
    (
      ["features/processes.robot", "features/Proc.py"],
      RunSpec(driver: "robotframework", args: ["suites": ["features/processes.robot"], "pythonpath": "features"])
    ),
    (["features/pipes_and_signals.py"], RunSpec(driver: "unit", args: ["name": "features/pipes_and_signals.py"])),
  ]

  @Test(.enabled(if: frameworkPython != nil, noFrameworks), arguments: suites)
  func featuresPassOnThisMachine(files: [String], spec: RunSpec) async throws {
    try await Attempt.with { attempt in
      attempt.python = frameworkPython ?? ""
      try bring(files, to: attempt)
      let judgement = try await attempt.run(spec)
      #expect(judgement.verdict == .pass, "\(judgement) \(attempt.output)")
      #expect(judgement.result == 100)
    }
  }
}

/// A port that accepts connections and one that refuses them.
private struct Listener {
  private let listening: Int32
  private let bound: Int32
  let port: UInt16
  let closedPort: UInt16

  init() throws {
    (listening, port) = try Self.bind()
    (bound, closedPort) = try Self.bind()
    guard listen(listening, 16) == 0 else { throw Fault(.system, "listen failed") }
  }

  func close() {
    for descriptor in [listening, bound] { _ = Foundation.close(descriptor) }
  }

  private static func bind() throws -> (Int32, UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
        Foundation.bind(descriptor, general, length) == 0 ? getsockname(descriptor, general, &length) : -1
      }
    }
    guard descriptor >= 0, status == 0 else { throw Fault(.system, "no port can be bound") }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}
