import Glibc
import Model
import TestSupport
import Testing

@testable import Journal

/// A file that may not grow stands for a full disk: the write that meets the limit is cut short at that very byte, the
/// next one fails, as on a disk that fills up. The limit is the process's, so each test has a process of its own.
@Suite struct FullDiskTests {
  @Test(arguments: [17, 18, 28, 29, 40, 150, 400])
  func aRecordThatWasCutShortIsWrittenAgainAtItsPlace(_ room: Int) async throws {
    let scratch = try ScratchFolder()
    // The limit holds only for the child: it tells of its observations by its exit status.
    await #expect(processExitsWith: .exitCode(0)) { [path = scratch.path as String, room = room as Int] in
      try fillUp(RunFolder(state: path, run: RunID(rawValue: "full")), room: room)
    }
  }

  @Test func aRunIsNotBegunOnAFullDisk() async throws {
    let scratch = try ScratchFolder()
    await #expect(processExitsWith: .exitCode(0)) { [path = scratch.path as String] in
      beginWithoutRoom(RunFolder(state: path, run: RunID(rawValue: "full")))
    }
  }
}

/// A run whose journal cannot even be begun is none, and holds nothing.
private func beginWithoutRoom(_ folder: RunFolder) {
  signal(SIGXFSZ, SIG_IGN)
  setFileLimit(5)
  guard (try? JournalWriter(creating: folder)) == nil else { exit(2) }
  exit(JournalWriter.isAlive(folder) ? 3 : 0)
}

/// Writes records into a file that may have `room` bytes, then gets more room. Ends the process with a number that says
/// which expectation failed.
private func fillUp(_ folder: RunFolder, room: Int) throws {
  func demand(_ holds: Bool, _ status: Int32) { if !holds { exit(status) } }
  signal(SIGXFSZ, SIG_IGN)
  let writer = try JournalWriter(creating: folder)
  for index in 1...4 { _ = try writer.append(notice(index, padding: 50), at: noon) }
  setFileLimit(room)
  for _ in 0..<3 {
    do throws(Fault) {
      try writer.commit()
      exit(2)
    } catch {
      demand(error.code == .system, 3)
    }
    demand(content(of: folder.journal).count <= room, 4)
    demand((try? JournalReader.events(of: folder))?.count ?? -1 >= 0, 5)
  }
  // More comes while nothing can be written.
  _ = try writer.append(notice(5), at: noon)
  let log = try writer.open(file: "cases/c/1.log")
  let output = [UInt8](repeating: 7, count: room + 100)
  do throws(Fault) {
    try writer.write(output[...], to: log, at: 0)
    exit(6)
  } catch {
    demand(error.code == .system, 7)
  }
  setFileLimit(1 << 30)
  try writer.write(output[...], to: log, at: 0)
  writer.close(file: log)
  try writer.commit()
  demand(content(of: folder.path + "/cases/c/1.log") == output, 8)
  let events = try JournalReader.events(of: folder)
  demand(events.map(\.number) == [1, 2, 3, 4, 5], 9)
  demand(events.last?.activity == notice(5), 10)
  exit(0)
}

private func setFileLimit(_ bytes: Int) {
  var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: .max)
  setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}
