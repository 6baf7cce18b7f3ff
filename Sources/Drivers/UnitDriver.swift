import Model

/// `unit`: Python's unittest, by dotted name, file or folder.
struct UnitDriver: Driver {
  private static let results = "unit.xml"

  func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command {
    let name = try Arguments(spec).requiredText("name", hint: "write args: {name: a module, a file or a folder}")
    return try PythonCommand.running(.unitProgram, [Self.results, name], for: spec, in: context)
  }

  func judge(_ status: Int32, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?) -> Judgement {
    if let problem = PythonCommand.problem(read) { return problem }
    guard let bytes = read(Self.results) else { return PythonCommand.noResults("unittest", status) }
    let tally: Tally
    do throws(Fault) { tally = try .junit(bytes) } catch { return .error("results cannot be read: \(error)") }
    guard tally.total > 0 else { return .error("no test was run") }
    if tally.skipped == tally.total { return tally.allSkipped }
    let result = tally.share(of: tally.total - tally.unsuccessful, in: tally.total)
    let details: [String: JSONValue] = [
      "testsRun": .integer(Int64(tally.total)), "failures": .integer(Int64(tally.failed)),
      "errors": .integer(Int64(tally.errors)), "skipped": .integer(Int64(tally.skipped)),
      "tests": tally.list { test in ["name": .string(test.name), "status": .string(test.status.rawValue)] },
    ]
    return .measured(result, by: context.criteria, shortfall: tally.shortfall, details: .object(details))
  }
}
