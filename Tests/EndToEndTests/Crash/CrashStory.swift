import Foundation
import Glibc
import Journal
import Model
import TestSupport
import Testing

/// A run whose coordinator is killed again and again, and goes on each time.
struct CrashStory: Sendable {
  let site: Site
  let talkers: [Talker]
  var api: String?

  var environment: [String: String] { ["NODE_NAME": Site.pod, "BUILD_TAG": "crash-1"] }

  /// Starts the run.
  func begin(crash: String? = nil) throws -> Program {
    let publish = api.map { ["--publish", $0] } ?? []
    return try site.start(try site.arguments(talkers, publish), environment: crashing(crash))
  }

  /// Goes on with it.
  func resume(crash: String? = nil) throws -> Program {
    try site.start(["resume", "--state", site.state, "--lab", site.lab], environment: crashing(crash))
  }

  /// Kills the run at a step, as often as there are counts, and lets it end.
  func killed(at point: String, _ counts: [Int]) async throws {
    var story = ""
    var deaths = 0
    var isOver = false
    for count in counts where !isOver {
      let program = try deaths == 0 ? begin(crash: "\(point):\(count)") : resume(crash: "\(point):\(count)")
      let ended = await program.ended()
      isOver = ended.status != -SIGKILL
      deaths += isOver ? 0 : 1
      story += "\n\(ended)"
    }
    #expect(deaths > 0, "never came to \(point) \(story)")
    try await conclude(isOver: isOver, story: story)
  }

  /// Kills the run whenever its journal has grown by so many bytes more, and lets it end.
  func killed(afterBytes steps: [Int]) async throws {
    var size = 0
    var story = "killed after \(steps)"
    var deaths = 0
    var isOver = false
    for step in steps where !isOver {
      let program = try size == 0 ? begin() : resume()
      size += step
      isOver = try await !grown(to: size, while: program)
      if !isOver { program.signal(SIGKILL) }
      let ended = await program.ended()
      isOver = ended.status != -SIGKILL
      deaths += isOver ? 0 : 1
      story += "\n\(ended)"
      size = max(size, try journal().map { $0.size } ?? 0)
    }
    #expect(deaths == steps.count, "ended before: \(story)")
    try await conclude(isOver: isOver, story: story)
  }

  /// Lets it end, delivers what is left, and holds everything against what it must be.
  func conclude(isOver: Bool, story: String = "") async throws {
    var story = story
    if !isOver {
      let last = await (try resume()).ended()
      story += "\n\(last)"
      #expect(last.status == (talkers.contains { $0.fails } ? 1 : 0), "\(story)")
    }
    if api != nil {
      let published = try await site.sortie(["publish", "--state", site.state], environment: environment)
      #expect(published.status == 0, "\(published)")
    }
    try await checkRun(site, talkers, api: api, story: story)
  }

  private func crashing(_ crash: String?) -> [String: String] {
    crash.map { environment.merging(["SORTIE_CRASH": $0]) { $1 } } ?? environment
  }

  private func journal() throws -> (path: String, size: Int)? {
    guard let folder = RunFolder.all(in: site.state).first else { return nil }
    var facts = stat()
    return stat(folder.journal, &facts) == 0 ? (folder.journal, Int(facts.st_size)) : nil
  }

  /// Waits until the journal has a size, told by the kernel; false: the program ended before.
  private func grown(to size: Int, while program: Program) async throws -> Bool {
    try await onThread {
      let watch = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
      let process = processDescriptor(program.id)
      defer { for descriptor in [watch, process] where descriptor >= 0 { close(descriptor) } }
      let limit = ContinuousClock.now + patience
      var watched: Set<String> = []
      while limit > .now {
        if let found = try journal(), found.size >= size { return true }
        // Looked at again after it is watched: what was made in between has told nobody.
        if watchMore(watch, &watched) { continue }
        var interests = [
          pollfd(fd: watch, events: Int16(POLLIN), revents: 0), pollfd(fd: process, events: Int16(POLLIN), revents: 0),
        ]
        poll(&interests, 2, (limit - .now).milliseconds)
        if interests[1].revents != 0 || process < 0 { return false }
        var events = [UInt8](repeating: 0, count: 4096)
        while read(watch, &events, events.count) > 0 {}
      }
      throw Overdue(description: "the journal did not grow to \(size)")
    }
  }

  /// Watches the folders above the journal, as far as they exist; true: one of them is new.
  private func watchMore(_ watch: Int32, _ watched: inout Set<String>) -> Bool {
    let folders = [site.folder, site.state, site.state + "/runs"] + RunFolder.all(in: site.state).map(\.path)
    var isMore = false
    for folder in folders where !watched.contains(folder) {
      if inotify_add_watch(watch, folder, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO)) >= 0 {
        isMore = watched.insert(folder).inserted || isMore
      }
    }
    return isMore
  }
}
