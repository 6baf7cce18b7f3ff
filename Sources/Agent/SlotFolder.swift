import CSpawn
import Glibc
import Model

/// The directory of a slot's current attempt. Each attempt finds it empty; a folder that an attempt has left as it found
/// it is used again, since making and deleting folders costs more than a short case.
final class SlotFolder {
  /// Where the case works.
  let work: String
  /// What the driver writes.
  let results: String
  /// TMPDIR.
  let temporary: String
  private var untouched: [String: timespec] = [:]

  /// The folders below `path`; what a predecessor left there is deleted.
  init(path: String) {
    work = path + "/work"
    results = path + "/results"
    temporary = path + "/tmp"
    for folder in all { removeTree(folder) }
  }

  private var all: [String] { [work, results, temporary] }

  /// Makes what is missing. Throws `.system`.
  func prepare() throws(Fault) {
    for folder in all where untouched[folder] == nil {
      try makeFolders(folder)
      untouched[folder] = changed(folder)
    }
  }

  /// Deletes what an attempt left. An empty folder with its old change time was not touched; the time alone would not do,
  /// since many kernels count it in steps of some milliseconds.
  func clean() {
    for folder in all {
      if let before = untouched[folder], let now = changed(folder), before.tv_sec == now.tv_sec,
        before.tv_nsec == now.tv_nsec, folderEntries(folder).isEmpty
      {
        continue
      }
      removeTree(folder)
      untouched[folder] = nil
    }
  }

  private func changed(_ folder: String) -> timespec? {
    var info = stat()
    return lstat(folder, &info) == 0 ? info.st_ctim : nil
  }
}
