import Collection
import Definitions
import Dialects
import Foundation
import Glibc
import Model
import Store

/// Reads the runs and jobs of teuthology archives into a store: `ARCHIVE/RUN/JOB/*.yaml`. Links are not followed, so that
/// nothing outside of the archive is read.
struct TeuthologyImport {
  private(set) var tally: ImportTally
  private let archive: PaddlesArchive

  init(into store: ResultStore, tally: ImportTally) {
    archive = PaddlesArchive(store: store, clock: wallClock)
    self.tally = tally
  }

  /// Reads the archives. A folder of jobs is a run.
  mutating func run(_ folders: [String]) async throws(Fault) {
    for folder in folders {
      let archive = trimmed(folder)
      let names = try entries(archive)
      let before = tally.total
      if names.contains(where: { TeuthologyJob.isJob($0) && kind(archive + "/" + $0) == S_IFDIR }) {
        try await readRun(archive)
      } else {
        for name in names where kind(archive + "/" + name) == S_IFDIR { try await readRun(archive + "/" + name) }
      }
      if tally.total == before {
        try tally.reject("there are no jobs in it, as ARCHIVE/RUN/JOB or RUN/JOB", at: archive)
      }
    }
  }

  private mutating func readRun(_ folder: String) async throws(Fault) {
    let run = folder.split(separator: "/").last.map(String.init) ?? folder
    for name in try entries(folder).filter(TeuthologyJob.isJob) where kind(folder + "/" + name) == S_IFDIR {
      try await readJob(folder + "/" + name, id: name, run: run)
    }
  }

  /// Reads a job. A file that cannot be used is named, and the others count.
  private mutating func readJob(_ folder: String, id: String, run: String) async throws(Fault) {
    var documents: [JSONValue] = []
    for name in TeuthologyJob.files {
      let path = folder + "/" + name
      guard let facts = facts(path) else { continue }
      guard facts.st_mode & S_IFMT == S_IFREG else {
        try tally.reject("this is no file, and is not read", at: path)
        continue
      }
      guard facts.st_size > 0 else { continue }
      switch Result(catching: { () throws(Diagnostics) in try YAMLValues.read(path: path) }) {
      case .success(let value) where value == .null || value.object != nil: documents.append(value)
      case .success: try tally.reject("this is no mapping", at: path)
      case .failure(let diagnostics):
        try tally.reject(diagnostics.errors.first?.message ?? "it cannot be read", at: path)
      }
    }
    guard !documents.isEmpty, let job = try? TeuthologyJob(folder: id, documents: documents) else {
      return try tally.reject("there is no job in this folder", at: folder)
    }
    switch try await archive.add(job, to: run, updated: facts(folder + "/" + TeuthologyJob.log).map(\.modified)) {
    case .added: try tally.count(.added, at: folder)
    case .present: try tally.count(.present, at: folder)
    case .refused(let message): try tally.reject(message, at: folder)
    }
  }

  private func entries(_ folder: String) throws(Fault) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw Fault(.notFound, "\(folder) is no folder, or cannot be read")
    }
  }

  private func trimmed(_ folder: String) -> String {
    var folder = folder
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    return folder
  }

  private func kind(_ path: String) -> mode_t? { facts(path).map { $0.st_mode & S_IFMT } }

  /// What a path is itself, not what it may lead to.
  private func facts(_ path: String) -> stat? {
    var facts = stat()
    return lstat(path, &facts) == 0 ? facts : nil
  }
}

extension stat {
  /// When the content was last changed, in whole seconds, as teuthology takes it.
  fileprivate var modified: Timestamp {
    Timestamp(nanoseconds: 0).advanced(bySeconds: Double(st_mtim.tv_sec))
  }
}
