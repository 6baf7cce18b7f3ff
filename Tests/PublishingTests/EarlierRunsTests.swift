import Dialects
import Glibc
import Journal
import Model
import Publishing
import Synchronization
import Testing

@Suite struct EarlierRunsTests {
  private let now = Timestamp(nanoseconds: 1_795_221_400_000_000_000)

  private func delivery(_ number: Int, of run: RunID = run, link: String = "l") -> Delivery {
    Delivery(
      submission: SubmissionID(rawValue: attempt(number).rawValue), run: run, title: "c\(number)",
      cases: [CaseID(rawValue: "c\(number)")], server: "http://h/api/v1",
      end: .delivered(link: link))
  }

  /// A journal as a process that has gone left it.
  private func finishedRun(in state: String, _ run: RunID = run) throws -> RunFolder {
    let folder = RunFolder(state: state, run: run)
    let journal = try JournalWriter(creating: folder)
    _ = try journal.append(.runStarted(.init(run: run, version: "0", host: "h", arguments: [])), at: now)
    _ = try journal.append(.runFinished(.init(isCancelled: false, missing: [], duration: 1)), at: now)
    try journal.commit()
    return folder
  }

  private func published(_ folder: RunFolder) throws -> [Activity.Published] {
    try JournalReader.events(of: folder).compactMap { event in
      if case .published(let value) = event.activity { value } else { nil }
    }
  }

  @Test func `deliveries are written into the journals of their runs, which are opened once a batch`() async throws {
    try await withTemporaryFolder { state in
      let other = RunID(rawValue: "20261122-000000-aaaa")
      let folders = [try finishedRun(in: state), try finishedRun(in: state, other)]
      let changed = Mutex<[RunFolder]>([])
      let runs = try EarlierRuns(
        state: state, clock: { now }, changed: { folder in changed.withLock { $0.append(folder) } })
      for number in 1...3 { #expect(try await runs.record(delivery(number))) }
      #expect(JournalWriter.isAlive(folders[0]))
      #expect(try published(folders[0]) == (1...3).flatMap { delivery($0).published })
      // Another run's turn, and a delivery that is written already.
      #expect(try await runs.record(delivery(1, of: other)))
      #expect(try await runs.record(delivery(1, of: other)))
      #expect(!JournalWriter.isAlive(folders[0]) && JournalWriter.isAlive(folders[1]))
      await runs.rest()
      await runs.rest()
      #expect(!JournalWriter.isAlive(folders[1]))
      #expect(try published(folders[1]).count == 1)
      #expect(changed.withLock { $0 } == folders)
      // What a crash repeated changes nothing.
      #expect(try await runs.record(delivery(2)))
      await runs.rest()
      #expect(try published(folders[0]).count == 3)
      #expect(changed.withLock { $0.count } == 2)
    }
  }

  @Test func `a run that is alive keeps its deliveries to itself`() async throws {
    try await withTemporaryFolder { state in
      let folder = try finishedRun(in: state)
      let owner = try JournalWriter(resuming: folder)
      let runs = try EarlierRuns(state: state, changed: { _ in Issue.record("nothing changed") })
      await #expect { try await runs.record(delivery(1)) } throws: { ($0 as? Fault)?.code == .busy }
      withExtendedLifetime(owner) {}
    }
  }

  @Test func `a run that is gone or damaged has nothing to write into`() async throws {
    try await withTemporaryFolder { state in
      let runs = try EarlierRuns(state: state, changed: { _ in Issue.record("nothing changed") })
      #expect(try await !runs.record(delivery(1)))
      #expect(try await !runs.record(delivery(1, of: RunID(rawValue: "../x"))))
      #expect(access(state + "/runs", F_OK) != 0)
      let folder = try finishedRun(in: state)
      try write("SORTIE-JOURNAL 9\nsomething else", to: folder.journal)
      #expect(try await !runs.record(delivery(1)))
      #expect(!JournalWriter.isAlive(folder))
    }
  }
}
