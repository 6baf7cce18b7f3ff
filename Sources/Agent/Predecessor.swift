import CSpawn
import Glibc
import Model

/// What a dead agent of this work directory may have left: slots that still end what they ran, processes whose slot was
/// killed with it, folders of runs that nobody came back to.
enum Predecessor {
  // Slots end what they run at once when their agent goes; only one that is stopped or stuck takes longer.
  private static let patience = 5.0
  private static let keptDays = 30

  /// Waits until nothing of a former agent runs; what does not end by itself is killed.
  static func end(in directory: WorkDirectory) {
    let deadline = Clock.monotonic() + patience
    for lock in folderEntries(directory.slots) where lock.hasSuffix(".lock") {
      while !isFree(directory.slots + "/" + lock) {
        endSlots(of: directory, isLate: Clock.monotonic() > deadline)
        if Clock.monotonic() > deadline + patience { break }
        pause()
      }
    }
    for _ in 0..<200 {
      let found = leftovers(in: directory)
      if found.isEmpty { return }
      for process in found { kill(process, SIGKILL) }
      pause()
    }
  }

  /// Deletes the folders of runs that nobody has touched for long.
  static func forget(in directory: WorkDirectory) {
    let limit = Clock.wall().nanoseconds / 1_000_000_000 - Int64(keptDays) * 86_400
    for run in folderEntries(directory.runs) {
      let folder = directory.runs + "/" + run
      let files = [folder] + folderEntries(folder).map { folder + "/" + $0 }
      if files.allSatisfy({ changed($0) < limit }) { removeTree(folder) }
    }
  }

  private static func changed(_ path: String) -> Int64 {
    var info = stat()
    return lstat(path, &info) == 0 ? Int64(info.st_mtim.tv_sec) : .max
  }

  private static func isFree(_ path: String) -> Bool {
    let lock = Descriptor(sortie_open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0))
    return lock.number < 0 || flock(lock.number, LOCK_EX | LOCK_NB) == 0
  }

  /// Ends the slots of the directory that are stopped, or all when it is late, with all that hangs below them.
  private static func endSlots(of directory: WorkDirectory, isLate: Bool) {
    for process in own() {
      let words = (readFile("/proc/\(process)/cmdline", limit: 64 << 10) ?? []).split(separator: 0)
        .map { String(decoding: $0, as: UTF8.self) }
      guard words.count == 4, words[1] == "slot", words[3] == directory.path,
        isLate || Descendants.status(of: process)?.state == "T"
      else { continue }
      let tree = Descendants.list(of: process)
      kill(process, SIGKILL)
      for below in tree { kill(below, SIGKILL) }
    }
  }

  /// Processes of this user that a case of this directory started: they say so in their environment, or work there.
  private static func leftovers(in directory: WorkDirectory) -> [pid_t] {
    let mark = Array("SORTIE_WORK=\(directory.slots)/".utf8)
    let place = (resolved(directory.slots) ?? directory.slots) + "/"
    var spared: Set<pid_t> = []
    // Whoever started this agent lives, even if it is itself a case's.
    var ancestor = getpid()
    while ancestor > 1, spared.insert(ancestor).inserted {
      ancestor = Descendants.status(of: ancestor)?.parent ?? 0
    }
    return own().filter { process in
      guard !spared.contains(process), let status = Descendants.status(of: process), status.state != "Z" else {
        return false
      }
      // People look around there, too: they sit at a terminal, and no case does.
      if let folder = link("/proc/\(process)/cwd"), (folder + "/").hasPrefix(place), !hasTerminal(process) {
        return true
      }
      let environment = readFile("/proc/\(process)/environ", limit: 4 << 20) ?? []
      return environment.split(separator: 0).contains { $0.starts(with: mark) }
    }
  }

  /// Whether a process has a controlling terminal: the fifth field behind its name in /proc/PID/stat.
  private static func hasTerminal(_ process: pid_t) -> Bool {
    guard let bytes = readFile("/proc/\(process)/stat", limit: 4096), let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return false }
    let fields = bytes[(end + 1)...].split(separator: 32)
    return fields.count > 4 && fields[4] != [48]
  }

  private static func own() -> [pid_t] {
    folderEntries("/proc").compactMap { pid_t($0) }.filter { process in
      var info = stat()
      return lstat("/proc/\(process)", &info) == 0 && info.st_uid == getuid()
    }
  }

  private static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = readlink(path, &buffer, buffer.count)
    return length > 0 ? String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }

  private static func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  private static func pause() {
    var nothing: [pollfd] = []
    waitReady(&nothing, seconds: 0.005)
  }
}
