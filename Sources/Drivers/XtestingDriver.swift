import FoundationEssentials
import Model

/// `xtesting`: a test case class of Xtesting or Functest, by entry point or by module and class, in its own Python.
/// Criteria, result, details and skip are what the class says.
struct XtestingDriver: Driver {
  private static let result = "result.json"
  private static let definition = "case.json"

  func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command {
    let file = GeneratedFile(path: Self.definition, bytes: try definition(of: spec, in: context))
    return try PythonCommand.running(
      .xtestingProgram, [Self.result, Self.definition], for: spec, in: context, with: [file])
  }

  func judge(_ status: Int32, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?) -> Judgement {
    if let problem = PythonCommand.problem(read) { return problem }
    guard let bytes = read(Self.result) else { return PythonCommand.noResults("the test case", status) }
    let report: Report
    do {
      report = try JSONDecoder().decode(Report.self, from: Data(bytes))
    } catch {
      return .error("results cannot be read: \(Self.result) is no JSON of the expected shape")
    }
    return report.judgement
  }

  /// The case as its class expects it in its constructor.
  private func definition(of spec: RunSpec, in context: DriverContext) throws(Fault) -> [UInt8] {
    var run: [String: JSONValue] = [:]
    switch spec.entry {
    case .named(let name): run["name"] = .string(name)
    case .type(let module, let name): run = ["module": .string(module), "class": .string(name)]
    case nil: throw Arguments(spec).fault("there is neither an entry point nor a class to run")
    }
    var args = spec.args
    args["python"] = nil
    run["args"] = .object(args)
    if !spec.environment.isEmpty { run["env"] = .object(spec.environment.mapValues { .string($0) }) }
    var definition: [String: JSONValue] = [
      "case_name": .string(context.caseName), "project_name": .string(context.project), "run": .object(run),
    ]
    switch context.criteria {
    case .percentage(let number):
      definition["criteria"] = Int64(exactly: number).map { .integer($0) } ?? .number(number)
    case .expression(let text): definition["criteria"] = .string(text)
    }
    do {
      return Array(try JSONEncoder().encode(JSONValue.object(definition)))
    } catch {
      throw Arguments(spec).fault("args cannot be written as JSON: a number is not finite")
    }
  }
}

/// What the program on the node wrote down.
private struct Report: Decodable {
  var status: Int64
  var reason: String?
  var result: JSONValue?
  var criteria: JSONValue?
  var details: JSONValue?

  var judgement: Judgement {
    let details = details == .null ? nil : details
    switch status {
    case 67: return Judgement(.skip, reason: reason ?? "the test case skipped itself", details: details)
    case 0: return Judgement(.pass, result: share ?? 100, details: details)
    default:
      let reached = share.map { "its result is \(percent($0))" } ?? "it did not pass"
      return Judgement(.fail, result: share ?? 0, reason: reason ?? reached, details: details)
    }
  }

  /// The result as a percentage: a number, or `PASS` and `FAIL` of the older classes, the oldest of which overwrite
  /// their criteria with it.
  private var share: Double? {
    if criteria == "PASS", status == 0 { return 100 }
    switch result {
    case .string("PASS"), .bool(true): return 100
    case .string, .bool(false): return 0
    default: return result?.number.map { min(max($0, 0), 100) }
    }
  }
}
