import Drivers
import Foundation
import Model

/// One attempt as an agent makes it, in a folder of its own: files, command, process, judgement.
struct Attempt {
  let folder: URL
  var environment = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"]
  var python = "/usr/bin/python3"
  var criteria = Criteria.percentage(100)

  var work: URL { folder.appending(path: "work") }
  var results: URL { folder.appending(path: "results") }
  var output: String { (try? String(contentsOf: folder.appending(path: "output"), encoding: .utf8)) ?? "" }

  /// Makes an attempt, hands it over and removes its folder afterwards.
  static func with<Value>(_ body: (inout Attempt) async throws -> Value) async throws -> Value {
    var template = Array("/tmp/sortie-drivers-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Fault(.system, "mkdtemp failed") }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var attempt = Attempt(folder: URL(filePath: path))
    defer { try? FileManager.default.removeItem(at: attempt.folder) }
    for folder in [attempt.work, attempt.results] {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    attempt.environment["HOME"] = attempt.work.path
    return try await body(&attempt)
  }

  /// Puts a file into the work folder.
  func write(_ name: String, _ text: String) throws {
    let file = work.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Runs a specification to its end and judges it.
  func run(_ spec: RunSpec) async throws -> Judgement {
    let context = DriverContext(
      workDirectory: work.path, resultsDirectory: results.path, python: python, criteria: criteria,
      environment: environment, project: "functest", tier: "smoke", caseName: "a_case")
    let command = try Drivers.command(for: spec, in: context)
    for file in command.files { try Data(file.bytes).write(to: results.appending(path: file.path)) }
    let ending = try await spawn(command)
    return Drivers.judge(ending, spec: spec, context: context) { name in
      (try? Data(contentsOf: results.appending(path: name))).map(Array.init)
    }
  }

  private func spawn(_ command: Command) async throws -> Ending {
    let output = folder.appending(path: "output")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = URL(filePath: command.argv[0])
    process.arguments = Array(command.argv.dropFirst())
    process.environment = environment.merging(command.environment) { $1 }
    process.currentDirectoryURL = URL(filePath: command.directory)
    let handle = try FileHandle(forWritingTo: output)
    defer { try? handle.close() }
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    return try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { ended in
        let status = ended.terminationStatus
        continuation.resume(returning: ended.terminationReason == .exit ? .exited(status) : .signalled(status))
      }
      do {
        try withNoSignalBlocked { try process.run() }
      } catch {
        process.terminationHandler = nil
        continuation.resume(returning: .notSpawned(errno: 2, program: command.argv[0]))
      }
    }
  }

  /// A child starts with the signal mask of the thread that makes it, and those of the pool block most signals.
  private func withNoSignalBlocked(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }
}
