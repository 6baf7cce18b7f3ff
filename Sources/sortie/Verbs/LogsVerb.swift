import ArgumentParser
import Foundation
import Glibc
import Journal
import Model

struct LogsVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Show what a run printed: all of it in order, or one case as it is.",
    discussion: """
      Examples:
        sortie logs 2026                 the consolidated log: time, node and case on each line
        sortie logs 2026 vping_ssh       one case's raw output
        sortie logs 2026 vping_ssh -f    and what comes, until the case ends
      """)

  @Argument(help: "The run, by any unique prefix.")
  var run: String

  @Argument(help: "A case; without one: the consolidated log.")
  var name: String?

  @Flag(name: .shortAndLong, help: "Go on with what comes until the run, or the case, has ended.")
  var follow = false

  @OptionGroup var state: StateOptions

  func run() async throws {
    let folder = try RunFolder.find(run, in: state.folder)
    guard let name else { return try await copy(folder.console) { !JournalWriter.isAlive(folder) } }
    let cases = folder.path + "/cases/"
    let id = CaseID(rawValue: name)
    let logs = cases + RunFolder.fileName(id)
    if !follow, Folder.names(logs).isEmpty {
      let known = Folder.names(cases).sorted().joined(separator: ", ")
      throw Fault(.notFound, "run \(folder.run) has no output of \(name)", hint: "there is: \(known.prefix(400))")
    }
    var ordinal = 1
    while true {
      let next = "\(logs)/\(ordinal + 1).log"
      try await copy(folder.path + "/" + RunFolder.log(of: id, ordinal: ordinal)) {
        !JournalWriter.isAlive(folder) || FileManager.default.fileExists(atPath: next) || hasEnded(id, ordinal, folder)
      }
      guard FileManager.default.fileExists(atPath: next) else { return }
      ordinal += 1
    }
  }

  /// Copies a file that grows to stdout until `isOver` says so, waiting for the kernel's word that it has grown.
  private func copy(_ path: String, until isOver: () -> Bool) async throws {
    let watch = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    defer { close(watch) }
    var file: Int32 = -1
    defer { if file >= 0 { close(file) } }
    var chunk = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      if file < 0 {
        file = open(path, O_RDONLY | O_CLOEXEC)
        if file >= 0 { inotify_add_watch(watch, path, UInt32(IN_MODIFY | IN_CLOSE_WRITE)) }
      }
      // Asked before the last look, so that nothing written in between is missed.
      let isLast = !follow || isOver()
      while file >= 0 {
        let count = read(file, &chunk, chunk.count)
        guard count > 0 else { break }
        Terminal.write(Array(chunk[..<count]))
      }
      if isLast { return }
      var interest = [pollfd(fd: watch, events: Int16(POLLIN), revents: 0)]
      // A file that is not there yet cannot be watched, and whether the run has ended is nobody's event.
      poll(&interest, 1, file < 0 ? 10 : 200)
      _ = read(watch, &chunk, chunk.count)
    }
  }

  private func hasEnded(_ id: CaseID, _ ordinal: Int, _ folder: RunFolder) -> Bool {
    let attempt = AttemptID(run: folder.run, case: id, ordinal: ordinal)
    guard let events = try? JournalReader.events(of: folder) else { return false }
    return events.contains { event in
      switch event.activity {
      case .attemptFinished(let end): end.attempt == attempt
      case .caseFinished(let end): end.id == id
      default: false
      }
    }
  }
}
