import Glibc
import Journal
import Model

/// A folder of a test's own; it goes with the object.
final class ScratchFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/sortie-journal-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Fault(.system, "mkdtemp failed") }
    path = String(cString: made)
  }

  deinit { try? Folder.remove(path) }

  func file(_ name: String) -> String { path + "/" + name }

  func run(_ name: String = "20260101-000000-abcd") -> RunFolder { RunFolder(state: path, run: RunID(rawValue: name)) }
}

/// Replaces a file, without the care that the code under test takes.
func replace(_ path: String, with bytes: some Collection<UInt8>) {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
  guard file >= 0 else { return }
  defer { close(file) }
  let bytes = Array(bytes)
  var done = 0
  while done < bytes.count {
    let count = bytes.withUnsafeBytes { write(file, $0.baseAddress.map { $0 + done }, $0.count - done) }
    guard count > 0 else { return }
    done += count
  }
}
