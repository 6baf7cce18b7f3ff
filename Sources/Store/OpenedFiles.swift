import Glibc
import Model

/// The files of a store as they were when it was opened. SQLite goes on writing into files that were removed or replaced,
/// where nobody will find what was confirmed.
struct OpenedFiles: Sendable {
  private struct Identity: Equatable {
    let device: dev_t
    let number: ino_t

    init?(_ path: String) {
      var facts = stat()
      guard stat(path, &facts) == 0 else { return nil }
      (device, number) = (facts.st_dev, facts.st_ino)
    }
  }

  private let files: [(name: String, path: String, identity: Identity)]

  /// Remembers a store's file and its log.
  init(_ path: String) {
    files = [("file", path), ("log", path + "-wal")].compactMap { name, path in
      Identity(path).map { (name, path, $0) }
    }
  }

  /// What is wrong if one of them is not there any more, or another one is in its place. Clients see it, so it names no
  /// paths.
  var loss: Fault? {
    for (name, path, identity) in files {
      guard let current = Identity(path) else {
        return Fault(
          .system, "the store's \(name) was removed, or cannot be reached",
          hint: "put it back, or end `sortie serve` and restore a backup")
      }
      if current != identity {
        return Fault(.system, "the store's \(name) was replaced", hint: "start `sortie serve` again")
      }
    }
    return nil
  }
}
