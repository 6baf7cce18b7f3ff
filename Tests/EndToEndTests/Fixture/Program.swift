import Foundation
import Glibc
import Synchronization

/// How a program ended, and what it said.
struct Ended: Sendable, CustomStringConvertible {
  let arguments: [String]
  /// The exit status; minus the signal's number if one ended it; ``overdue`` if it took too long.
  let status: Int32
  /// The status of a program that did not end, and was killed.
  static let overdue: Int32 = -1000
  let out: String
  let err: String

  var description: String {
    "sortie \(arguments.joined(separator: " ")) -> \(status)\n\(out.suffix(3000))\n\(err.suffix(3000))"
  }
}

/// A program of ours while it runs. Its output goes to files.
actor Program {
  /// Its standard output, as it grows.
  nonisolated let out: String
  /// Its standard error, as it grows.
  nonisolated let err: String
  /// Its process.
  nonisolated let id: pid_t
  private let arguments: [String]
  private let process: Process
  private let exits: AsyncStream<Int32>
  private var status: Int32?

  /// Starts `program` with nothing but `environment`. `log` is the start of its output files' paths.
  init(_ program: String, _ arguments: [String], environment: [String: String], folder: String, log: String) throws {
    self.arguments = arguments
    out = log + ".out"
    err = log + ".err"
    process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Program.file(out)
    process.standardError = try Program.file(err)
    let (exits, exited) = AsyncStream<Int32>.makeStream()
    self.exits = exits
    process.terminationHandler = { process in
      exited.yield(process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus)
      exited.finish()
    }
    try process.run()
    id = process.processIdentifier
  }

  /// Sends it a signal.
  nonisolated func signal(_ number: Int32) { kill(id, number) }

  /// Waits for its end; one that takes too long is killed, and its status says so.
  func ended() async -> Ended {
    if status == nil {
      let id = id
      let isOverdue = Atomic(false)
      let overdue = DispatchWorkItem {
        isOverdue.store(true, ordering: .relaxed)
        kill(id, SIGKILL)
      }
      DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(patience.milliseconds)), execute: overdue)
      for await exit in exits { status = isOverdue.load(ordering: .relaxed) ? Ended.overdue : exit }
      overdue.cancel()
    }
    return Ended(arguments: arguments, status: status ?? -1, out: text(out), err: text(err))
  }

  /// Ends it, if it still runs.
  func end(_ number: Int32 = SIGKILL) async {
    if status == nil, process.isRunning { kill(id, number) }
    _ = await ended()
  }

  private static func file(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil) else {
      throw Overdue(description: "\(path) cannot be made")
    }
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  private func text(_ path: String) -> String {
    String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}
