import Model

/// What the Python drivers share: an interpreter, a program of ours, and how that program says that it could not start.
enum PythonCommand {
  /// Where a program of ours writes one line, if something that the test needs is missing.
  static let problemFile = "problem.txt"

  /// The interpreter: `args.python`, else the node's. A relative path with a slash is meant from the work folder.
  static func interpreter(_ spec: RunSpec, _ context: DriverContext) throws(Fault) -> String {
    guard let own = try Arguments(spec).text("python") else { return context.python }
    return own.contains("/") && !own.hasPrefix("/") ? "\(context.workDirectory)/\(own)" : own
  }

  /// A command that runs one of our programs, which is told the results folder first.
  static func running(
    _ program: GeneratedFile, _ arguments: [String], for spec: RunSpec, in context: DriverContext,
    with files: [GeneratedFile] = []
  ) throws(Fault) -> Command {
    let script = "\(context.resultsDirectory)/\(program.path)"
    // -u: output reaches the log when it is written, not when a buffer is full.
    let argv = [try interpreter(spec, context), "-u", script, context.resultsDirectory] + arguments
    return Command(argv: argv, directory: context.workDirectory, files: [program] + files)
  }

  /// The error that a program of ours left behind, if it did.
  static func problem(_ read: (String) -> [UInt8]?) -> Judgement? {
    guard let bytes = read(problemFile), !bytes.isEmpty else { return nil }
    return .error(String(decoding: bytes.prefix(4096), as: UTF8.self))
  }

  /// The error where there should have been results.
  static func noResults(_ tool: String, _ status: Int32) -> Judgement {
    .error("\(tool) left no results (\(exitPhrase(status)))")
  }
}
