import Model

/// `exec`: a program and its arguments, as they are.
struct ExecDriver: Driver {
  func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command {
    let arguments = Arguments(spec)
    var argv = try arguments.words("argv")
    guard let program = argv.first, !program.isEmpty else {
      throw arguments.fault("args.argv is missing or empty", hint: "write args: {argv: [program, argument]}")
    }
    // A path with a slash is meant from the work folder, also where `cwd` starts the program elsewhere.
    if program.contains("/"), !program.hasPrefix("/") { argv[0] = "\(context.workDirectory)/\(program)" }
    _ = try skipStatus(arguments)
    var directory = context.workDirectory
    if let folder = try arguments.text("cwd") {
      guard isConfinedPath(folder) else {
        throw arguments.fault("args.cwd leaves the work folder: \(folder)", hint: "write a relative path without ..")
      }
      directory += "/\(folder)"
    }
    return Command(argv: argv, environment: OwnReason.environment(context), directory: directory)
  }

  func judge(_ status: Int32, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?) -> Judgement {
    // A status that made no sense was refused when the command was built.
    let skip = try? skipStatus(Arguments(spec))
    return .ofCommand(status, skipStatus: skip ?? nil, criteria: context.criteria, own: OwnReason.read(read))
  }
}

/// `args.skip_exit`: the exit status, 1 to 255, with which a command says that it skipped itself.
func skipStatus(_ arguments: Arguments) throws(Fault) -> Int32? {
  guard let value = arguments.values["skip_exit"], value != .null else { return nil }
  guard case .integer(let status) = value, (1...255).contains(status) else {
    throw arguments.fault("args.skip_exit has to be an exit status, 1 to 255")
  }
  return Int32(status)
}

/// A command knows best why it failed or skipped: it may write one line to the file that `SORTIE_REASON` names.
enum OwnReason {
  private static let file = "reason.txt"

  static func environment(_ context: DriverContext) -> [String: String] {
    ["SORTIE_REASON": "\(context.resultsDirectory)/\(file)"]
  }

  static func read(_ read: (String) -> [UInt8]?) -> String? {
    guard let bytes = read(file) else { return nil }
    let line = oneLine(String(decoding: bytes.prefix(4096), as: UTF8.self), limit: 300)
    return line.isEmpty ? nil : line
  }
}
