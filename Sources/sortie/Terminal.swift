import Glibc

/// Data goes to stdout, talk to stderr.
enum Terminal {
  /// Data.
  static func write(_ text: String) { write(Array(text.utf8), to: 1) }

  /// Data.
  static func write(_ bytes: [UInt8]) { write(bytes, to: 1) }

  /// Talk.
  static func say(_ text: String, newline: Bool = true) { write(Array((newline ? text + "\n" : text).utf8), to: 2) }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + offset }, $0.count - offset)
      }
      if written < 0, errno != EINTR { return }
      offset += max(written, 0)
    }
  }

  /// Whether somebody looks at stderr.
  static var isLive: Bool { isatty(2) == 1 && processEnvironment["CI"] == nil && processEnvironment["TERM"] != "dumb" }

  /// Whether colours are wanted: https://no-color.org.
  static var isColored: Bool { isLive && (processEnvironment["NO_COLOR"] ?? "").isEmpty }

  /// The terminal's size in characters.
  static var size: (width: Int, height: Int) {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}
