import CSpawn
import Glibc
import Model
import Wire

/// Puts an attempt's files into its directory: copies, so that no case can change what the next one gets.
enum Unpack {
  /// Throws `.wire` for a path that would leave the directory, `.notFound` for content that is not there, `.system`.
  static func files(_ files: [FileEntry], from blobs: String, into directory: String) throws(Fault) {
    for entry in files {
      guard isConfinedPath(entry.path), bytes(hexadecimal: entry.hash)?.count == 32 else {
        throw Fault(.wire, "the file path \(entry.path) leaves the attempt's directory")
      }
      let target = directory + "/" + entry.path
      if let slash = entry.path.lastIndex(of: "/") { try makeFolders(directory + "/" + entry.path[..<slash]) }
      try copy(blobs + "/" + entry.hash, to: target, mode: entry.isExecutable ? 0o700 : 0o600)
    }
  }

  private static func copy(_ source: String, to target: String, mode: UInt32) throws(Fault) {
    let input = sortie_open(source, O_RDONLY | O_CLOEXEC, 0)
    guard input >= 0 else {
      if errno == ENOENT { throw Fault(.notFound, "the content of \(target) never came: \(source)") }
      throw systemFault("open", source)
    }
    defer { close(input) }
    let output = sortie_open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard output >= 0 else { throw systemFault("open", target) }
    defer { close(output) }
    while true {
      let count = sendfile(output, input, nil, 1 << 30)
      if count == 0 { return }
      if count < 0, errno != EINTR { throw systemFault("sendfile", target) }
    }
  }
}
