import Glibc
import Model

extension SourceText {
  /// The largest file that is read, in bytes: 16 MiB.
  public static let sizeLimit = 16 << 20

  /// Reads a file. A file that is too large is refused by its size, before anything of it is read.
  ///
  /// - Throws: `not_found`, `system`, `limit`, or `definition` for what is no UTF-8 text.
  public static func read(_ path: String) throws(Fault) -> SourceText {
    SourceText(file: path, text: try decode(try contents(of: path), file: path))
  }

  private static func contents(of path: String) throws(Fault) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Fault(.definition, "\(path) is not a regular file", hint: "name a YAML file")
    }
    guard status.st_size <= sizeLimit else {
      throw Fault(
        .limit, "\(path) has \(status.st_size) bytes; the limit is \(sizeLimit)",
        hint: "split it into several files of one folder")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, errno) }
      if count == 0 { break }
      filled += count
    }
    return filled == bytes.count ? bytes : Array(bytes[..<filled])
  }

  private static func unreadable(_ path: String, _ number: Int32) -> Fault {
    guard number != ENOENT, number != ENOTDIR else { return Fault(.notFound, "there is no file \(path)") }
    return Fault(.system, "\(path) cannot be read: \(String(cString: strerror(number)))")
  }

  /// The text of a file's bytes: UTF-8, with or without a byte order mark.
  static func decode(_ bytes: [UInt8], file: String) throws(Fault) -> String {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw Fault(.definition, "\(file) is UTF-16", hint: "save it as UTF-8")
    }
    let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    if let text = String(validating: content, as: UTF8.self) { return text }
    let valid = content.prefix(validPrefix(of: content))
    let place = SourceText(file: file, text: String(decoding: valid, as: UTF8.self)).location(ofByte: valid.count)
    throw Fault(.definition, "this byte is not UTF-8", at: place, hint: "save the file as UTF-8")
  }

  private static func validPrefix(of bytes: ArraySlice<UInt8>) -> Int {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var count = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { count += scalar.count }
    return count
  }
}
