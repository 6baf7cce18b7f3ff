import Model

/// The one place where words become a command line for a remote shell.
enum ShellWords {
  /// A line from which a POSIX shell makes exactly these words again: each in single quotes. Throws `.usage` for no
  /// words, and for a NUL, which no program can be given.
  static func quote(_ words: [String]) throws(Fault) -> String {
    guard !words.isEmpty else { throw Fault(.usage, "an empty command was to be run on a node") }
    var line = ""
    for word in words {
      guard !word.utf8.contains(0) else { throw Fault(.usage, "a command's word contains a NUL character") }
      if !line.isEmpty { line += " " }
      line += "'"
      for scalar in word.unicodeScalars {
        if scalar == "'" { line += #"'\''"# } else { line.unicodeScalars.append(scalar) }
      }
      line += "'"
    }
    return line
  }
}
