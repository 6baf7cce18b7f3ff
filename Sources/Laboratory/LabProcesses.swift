import CSpawn
import Glibc

/// Which processes belong to a lab, and how they are ended.
struct LabProcesses {
  /// The variable that every session of a lab's node carries; what runs there inherits it.
  static let marker = "SORTIE_LAB_NODE"

  /// The lab's folder, without links.
  let directory: String
  let servers: [ProcessMark]

  /// The lab's processes at this moment: its servers and what descends from them, and what carries the marker, runs a
  /// program from inside the lab's folder, or works there without a terminal (a terminal means a person who looks
  /// around). Never this process or one above it.
  func running() -> [ProcessEntry] {
    let all = ProcessEntry.all
    let byID = Dictionary(all.map { ($0.mark.id, $0) }, uniquingKeysWith: { first, _ in first })
    let servers = Set(servers)
    var ours: Set<Int32> = [getpid()]
    var above = getppid()
    while above > 0, ours.insert(above).inserted { above = byID[above]?.parent ?? 0 }
    return all.filter { entry in
      guard entry.state != "Z", !ours.contains(entry.mark.id) else { return false }
      return descends(entry, from: servers, byID) || isMarked(entry.mark.id) || isInside(entry)
    }
  }

  /// Ends all of them: first asked to, then, after two seconds, made to; until none is left.
  func end() {
    // The servers first, so that no new session starts.
    end(servers, patience: .seconds(2))
    for _ in 0..<20 {
      let left = running()
      if left.isEmpty { return }
      end(left.map(\.mark), patience: .seconds(2))
    }
  }

  private func end(_ marks: [ProcessMark], patience: Duration) {
    let descriptors = marks.compactMap { mark in mark.descriptor().map { (mark.id, $0) } }
    defer {
      for (id, descriptor) in descriptors {
        close(descriptor)
        waitpid(id, nil, WNOHANG)  // if it was our own child
      }
    }
    for (number, patience) in [(SIGTERM, patience), (SIGKILL, .seconds(10))] {
      for (_, descriptor) in descriptors { sortie_pidfd_signal(descriptor, number) }
      let limit = ContinuousClock.now + patience
      var waiting = descriptors.map { pollfd(fd: $0.1, events: Int16(POLLIN), revents: 0) }
      while !waiting.isEmpty {
        let left = (limit - .now) / Duration.milliseconds(1)
        if left <= 0 { break }
        poll(&waiting, nfds_t(waiting.count), CInt(left))
        waiting.removeAll { $0.revents != 0 }
      }
      if waiting.isEmpty { return }
    }
  }

  private func descends(_ entry: ProcessEntry, from servers: Set<ProcessMark>, _ byID: [Int32: ProcessEntry]) -> Bool {
    var next: ProcessEntry? = entry
    for _ in 0..<1000 {
      guard let current = next else { return false }
      if servers.contains(current.mark) { return true }
      next = byID[current.parent]
    }
    return false
  }

  private func isMarked(_ id: Int32) -> Bool {
    guard let environment = Files.text("/proc/\(id)/environ") else { return false }
    let start = LabProcesses.marker + "="
    return environment.split(separator: "\0").contains { variable in
      variable.hasPrefix(start) && Files.isInside(String(variable.dropFirst(start.count)), directory)
    }
  }

  private func isInside(_ entry: ProcessEntry) -> Bool {
    let process = "/proc/\(entry.mark.id)"
    if let program = Files.link(process + "/exe"), Files.isInside(program, directory) { return true }
    guard !entry.hasTerminal, let folder = Files.link(process + "/cwd") else { return false }
    return Files.isInside(folder, directory)
  }
}
