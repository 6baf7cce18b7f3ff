import CSpawn
import Glibc
import Model

extension NodeConnection {
  /// Puts a local file onto the node, executable for its user only (mode 700): written beside, checked by size and, where
  /// the node has `sha256sum`, by hash, then renamed, so that whoever looks finds the whole file or none. Folders are
  /// made (mode 700). `sha256`: the file's hash in hexadecimal, if it is known already. Throws ``Model/Fault`` `.system`
  /// for the local file or when the node cannot store it, `.link` if the link broke.
  public func upload(_ path: String, to remote: String, sha256: String? = nil) async throws {
    let file = sortie_open(path, O_RDONLY | O_CLOEXEC, 0)
    guard file >= 0 else { throw Fault.system("open \(path)") }
    defer { Glibc.close(file) }
    var hash = SHA256()
    var size = 0
    try UploadSource.chunks(of: file, path) { chunk in
      size += chunk.count
      if sha256 == nil { hash.update(chunk) }
    }
    let digest = sha256 ?? hexadecimal(hash.finish())
    let result = try await run(["sh", "-c", UploadSource.script, "sortie-upload", remote, String(size), digest]) {
      stream in
      var offset = 0
      while let chunk = try UploadSource.chunk(of: file, path, at: offset) {
        offset += chunk.count
        try await stream.write(chunk)
      }
    }
    switch result.ending {
    case .exited(0): return
    case .exited(3): throw Fault(.system, "\(remote): the node cannot store it: \(result.complaint)")
    case .exited(4): throw Fault(.system, "\(remote): arrived incomplete at the node: \(result.complaint)")
    case .exited(5): throw Fault(.system, "\(remote): arrived changed at the node (SHA-256 differs)")
    default: throw Fault(.system, "\(remote): the upload failed (\(result.ending)): \(result.complaint)")
    }
  }
}

/// The two ends of an upload.
enum UploadSource {
  /// What runs on the node: `$1` is the path, `$2` the size in bytes, `$3` the hash.
  static let script = """
    umask 077
    case $1 in */*) mkdir -p -- "${1%/*}/" || exit 3;; esac
    if test -d "$1"; then echo "$1 is a folder" >&2; exit 3; fi
    part=$1.part.$$
    trap 'rm -f -- "$part"' EXIT
    trap 'exit 3' HUP INT TERM
    cat >"$part" || exit 3
    size=$(wc -c <"$part") || exit 3
    test "$size" -eq "$2" || { echo "$size of $2 bytes" >&2; exit 4; }
    if sum=$(sha256sum <"$part" 2>/dev/null); then test "${sum%% *}" = "$3" || exit 5; fi
    chmod 700 "$part" && mv -f -- "$part" "$1" || exit 3
    """

  static func chunks(of file: CInt, _ path: String, _ use: ([UInt8]) -> Void) throws(Fault) {
    var offset = 0
    while let chunk = try chunk(of: file, path, at: offset) {
      offset += chunk.count
      use(chunk)
    }
  }

  /// Up to 1 MiB from `offset`; nil at the end.
  static func chunk(of file: CInt, _ path: String, at offset: Int) throws(Fault) -> [UInt8]? {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, initialized in
      repeat { count = pread(file, buffer.baseAddress, buffer.count, off_t(offset)) } while count < 0 && errno == EINTR
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw .system("read \(path)") }
    return count == 0 ? nil : bytes
  }
}
