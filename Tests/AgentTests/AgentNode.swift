import CSpawn
import Glibc
import Model
import Testing
import Wire

@testable import Agent

/// A node of a test: a work directory, and the real agent in it.
final class AgentNode {
  let base: String
  private var clients: [AgentClient] = []

  init(base: String) { self.base = base }

  /// The agent's executable: built beside the tests, or named by SORTIE_TEST_AGENT.
  static let executable: String = {
    if let path = CaseEnvironment.ofProcess()["SORTIE_TEST_AGENT"] { return path }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = buffer.withUnsafeMutableBytes { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        $0.baseAddress.map { readlink("/proc/self/exe", $0, bytes.count) } ?? 0
      }
    }
    let path = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
    return path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex) + "/sortie-agent"
  }()

  /// A line to the agent, on which nothing has been said yet.
  func connect(idle: Double = 5, environment: [String: String] = [:]) throws -> AgentClient {
    let client = try AgentClient(base: base, idle: idle, environment: environment)
    clients.append(client)
    return client
  }

  /// A line on which the run was greeted.
  func attach(_ run: String = "r1", idle: Double = 5, _ change: (inout Attach) -> Void = { _ in }) throws -> AgentClient
  {
    let client = try connect(idle: idle)
    try client.attach(run, change)
    return client
  }

  /// Where the agent keeps things.
  var directory: WorkDirectory { WorkDirectory(base: base) }
  /// The agent's process.
  var daemon: pid_t? { Processes.find(["serve", directory.path]).first }
  /// The processes of its slots.
  var slots: [pid_t] { Processes.find(["slot", directory.path]) }

  /// Kills the agent, and waits until it and its slots are gone, unless they are stopped.
  func killDaemon() {
    guard let daemon else { return }
    kill(daemon, SIGKILL)
    Processes.waitGone([daemon])
  }

  /// Makes a file below the base: a signal for a case that waits for it.
  func touch(_ name: String, _ text: String = "") throws {
    let path = base + "/" + name
    let file = sortie_open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw systemFault("open", path) }
    defer { close(file) }
    try writeAll(Array(text.utf8), to: file, path)
    rename(path + ".new", path)
  }

  /// Shell text that waits until ``touch(_:_:)`` made a file.
  func awaiting(_ name: String) -> String { "while [ ! -e \(base)/\(name) ]; do sleep 0.02; done" }

  /// Ends the agent; its slots end what they run.
  func end() {
    for client in clients { client.close() }
    if let daemon {
      kill(daemon, SIGKILL)
      Processes.waitGone([daemon])
    }
    let rest = Processes.find([base])
    if !Processes.waitGone(rest, seconds: 10) {
      for process in Processes.find([base]) { kill(process, SIGKILL) }
      Issue.record("slots outlived their agent: \(rest)")
    }
  }
}

/// Processes of this machine, by their command lines.
enum Processes {
  /// Those whose command line holds all the words; zombies have none.
  static func find(_ words: [String]) -> [pid_t] {
    folderEntries("/proc").compactMap { pid_t($0) }.filter { process in
      guard process != getpid(), let bytes = readFile("/proc/\(process)/cmdline", limit: 1 << 20) else { return false }
      let line = String(decoding: bytes, as: UTF8.self)
      return !line.isEmpty && words.allSatisfy(line.contains)
    }
  }

  /// Waits for the ends of processes. False: the time was over first.
  @discardableResult
  static func waitGone(_ processes: [pid_t], seconds: Double = 15) -> Bool {
    let deadline = Clock.monotonic() + seconds
    return processes.allSatisfy { process in
      let number = sortie_pidfd_open(process)
      guard number >= 0 else { return true }
      defer { close(number) }
      var interest = [pollfd(fd: number, events: Int16(POLLIN), revents: 0)]
      waitReady(&interest, seconds: max(0, deadline - Clock.monotonic()))
      return interest[0].revents != 0
    }
  }

  /// A number of seconds to sleep that no other test sleeps: a mark on a command line.
  static func mark() -> String { "6\(UInt32.random(in: 100...999)).\(UInt32.random(in: 1_000_000...9_999_999))" }
}
