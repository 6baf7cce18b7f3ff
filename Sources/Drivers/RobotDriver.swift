import Model

/// `robotframework`: Robot Framework suites; results from its output.xml.
struct RobotDriver: Driver {
  private static let results = "output.xml"
  /// Arguments that are not options of Robot Framework, and options that are ours to set.
  private static let own: Set<String> = [
    "suites", "deny_skipping", "python", "output", "outputdir", "log", "report", "xunit", "stdout", "stderr",
  ]

  func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command {
    let arguments = Arguments(spec)
    let suites = try arguments.words("suites")
    guard !suites.isEmpty else {
      throw arguments.fault("args.suites is missing", hint: "write args: {suites: [a file or folder]}")
    }
    _ = try arguments.flag("deny_skipping")
    var argv = ["robot"] + (try arguments.options(spec.args, except: Self.own))
    for (option, file) in [
      ("--output", Self.results), ("--log", "log.html"), ("--report", "report.html"), ("--xunit", "xunit.xml"),
    ] {
      argv += [option, "\(context.resultsDirectory)/\(file)"]
    }
    argv += suites.map { $0.hasPrefix("-") ? "./\($0)" : $0 }
    return try PythonCommand.running(.moduleProgram, argv, for: spec, in: context)
  }

  func judge(_ status: Int32, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?) -> Judgement {
    if let problem = PythonCommand.problem(read) { return problem }
    switch status {
    case 251: return .error("Robot Framework printed its help instead of running (exit status 251)")
    case 252: return .error("Robot Framework refused the suites or options, or nothing matched (exit status 252)")
    case 253: return .error("Robot Framework was stopped from outside (exit status 253)")
    case 255: return .error("Robot Framework had an internal error (exit status 255)")
    // Up to 250 the status is the number of failed tests, 250 for more.
    default: break
    }
    guard let bytes = read(Self.results) else { return PythonCommand.noResults("Robot Framework", status) }
    let tally: Tally
    do throws(Fault) { tally = try .robot(bytes) } catch { return .error("results cannot be read: \(error)") }
    guard tally.total > 0 else { return .error("no test was run") }
    let denySkipping = spec.args["deny_skipping"]?.bool ?? false
    if tally.skipped == tally.total, !denySkipping { return tally.allSkipped }
    let result = tally.share(of: tally.passed + (denySkipping ? 0 : tally.skipped), in: tally.total)
    let skipping = denySkipping && tally.skipped > 0 ? "\(tally.skipped) of \(tally.total) tests were skipped" : nil
    return .measured(
      result, by: context.criteria, shortfall: tally.shortfall ?? skipping, details: .object(details(tally)))
  }

  private func details(_ tally: Tally) -> [String: JSONValue] {
    var details = tally.counts
    details["description"] = .string(tally.title)
    details["tests"] = tally.list { test in
      [
        "name": .string(test.name), "parent": .string(test.suite), "status": .string(test.status.rawValue),
        "text": .string(test.message ?? ""),
      ]
    }
    return details
  }
}
