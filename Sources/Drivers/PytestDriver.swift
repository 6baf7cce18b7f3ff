import Model

/// `pytest`: a file or folder for pytest; results from its JUnit file.
struct PytestDriver: Driver {
  private static let results = "pytest.xml"

  func command(for spec: RunSpec, in context: DriverContext) throws(Fault) -> Command {
    let arguments = Arguments(spec)
    let target = try arguments.requiredText("dir", hint: "write args: {dir: a file or folder}")
    let options =
      switch spec.args["options"] {
      case .object(let table): try arguments.options(table, except: ["junitxml", "junit-xml", "html"])
      default: try arguments.words("options")
      }
    // Ours come last, where they count.
    let own = ["-p", "no:cacheprovider", "--junitxml=\(context.resultsDirectory)/\(Self.results)"]
    let path = target.hasPrefix("-") ? "./\(target)" : target
    return try PythonCommand.running(.moduleProgram, ["pytest"] + options + own + [path], for: spec, in: context)
  }

  func judge(_ status: Int32, spec: RunSpec, context: DriverContext, read: (String) -> [UInt8]?) -> Judgement {
    if let problem = PythonCommand.problem(read) { return problem }
    let bytes = read(Self.results)
    switch status {
    case 0, 1: break
    case 2: return .error("pytest was interrupted or could not collect the tests" + firstProblem(bytes))
    case 3: return .error("pytest had an internal error (exit status 3)")
    case 4: return .error("pytest was called wrongly: a path or an option is wrong (exit status 4)")
    case 5: return .error("pytest found no tests (exit status 5)")
    default: return .error("pytest ended unexpectedly (\(exitPhrase(status)))")
    }
    guard let bytes else { return PythonCommand.noResults("pytest", status) }
    let tally: Tally
    do throws(Fault) { tally = try .junit(bytes) } catch { return .error("results cannot be read: \(error)") }
    return judge(tally, status: status, criteria: context.criteria)
  }

  private func judge(_ tally: Tally, status: Int32, criteria: Criteria) -> Judgement {
    guard tally.total > 0 else { return .error("no test was run") }
    if tally.skipped == tally.total { return tally.allSkipped }
    let details: [String: JSONValue] = tally.counts.merging([
      "tests": tally.list { test in
        var entry: [String: JSONValue] = ["name": .string(test.name), "status": .string(test.status.pytestName)]
        if let message = test.message { entry["failure"] = .string(message) }
        return entry
      }
    ]) { $1 }
    let result = tally.share(of: tally.passed, in: tally.total - tally.skipped)
    // A plugin, such as a coverage threshold, can fail the session where every test passed.
    guard status == 0 || tally.unsuccessful > 0 else {
      return Judgement(
        .fail, result: result, reason: "pytest failed although no test did (exit status 1)", details: .object(details))
    }
    return .measured(result, by: criteria, shortfall: tally.shortfall, details: .object(details))
  }

  private func firstProblem(_ bytes: [UInt8]?) -> String {
    guard let bytes, let tally = try? Tally.junit(bytes), let first = tally.firstUnsuccessful else { return "" }
    return ": \(first)"
  }
}

extension Tally.Status {
  fileprivate var pytestName: String {
    switch self {
    case .pass: "PASSED"
    case .fail: "FAILED"
    case .skip: "SKIPPED"
    case .error: "ERROR"
    }
  }
}
