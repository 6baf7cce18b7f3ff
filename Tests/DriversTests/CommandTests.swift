import Drivers
import Foundation
import Model
import Testing

struct CommandTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var spec: RunSpec
    var argv: [String]
    var directory = "/w"
    var files: [String] = []
    var testDescription: String { "\(spec.driver) \(spec.args)" }
  }

  static let rows = [
    Row(spec: RunSpec(driver: "exec", args: ["argv": ["/bin/true"]]), argv: ["/bin/true"]),
    Row(
      spec: RunSpec(driver: "exec", args: ["argv": ["echo", 5, true, "$HOME; x"]]),
      argv: ["echo", "5", "true", "$HOME; x"]),
    Row(spec: RunSpec(driver: "exec", args: ["argv": ["a/b", "c/d"]]), argv: ["/w/a/b", "c/d"]),
    Row(
      spec: RunSpec(driver: "exec", args: ["argv": ["a/b"], "cwd": "sub/x"]), argv: ["/w/a/b"], directory: "/w/sub/x"),
    Row(spec: RunSpec(driver: "exec", args: ["argv": "true"]), argv: ["true"]),
    Row(
      spec: RunSpec(driver: "bashfeature", args: ["cmd": "echo \"a\"; exit $X", "console": true]),
      argv: ["/bin/bash", "-c", "echo \"a\"; exit $X"]),
    Row(spec: RunSpec(driver: "bashfeature", args: ["cmd": ["ls", "-l"], "shell": false]), argv: ["ls", "-l"]),
    Row(
      spec: RunSpec(driver: "unit", args: ["name": "a.b"]),
      argv: ["python3", "-u", "/r/run_unit.py", "/r", "unit.xml", "a.b"], files: ["run_unit.py"]),
    Row(
      spec: RunSpec(driver: "unit", args: ["name": "a.b", "python": "/v/python"]),
      argv: ["/v/python", "-u", "/r/run_unit.py", "/r", "unit.xml", "a.b"], files: ["run_unit.py"]),
    Row(
      spec: RunSpec(driver: "unit", args: ["name": "a.b", "python": "v/python"]),
      argv: ["/w/v/python", "-u", "/r/run_unit.py", "/r", "unit.xml", "a.b"], files: ["run_unit.py"]),
    Row(
      spec: RunSpec(
        driver: "pytest", args: ["dir": "t", "options": ["tb": "no", "k": "a or b", "quiet": nil, "x": false]]),
      argv: [
        "python3", "-u", "/r/run_module.py", "/r", "pytest", "-k", "a or b", "--quiet", "--tb", "no", "-p",
        "no:cacheprovider", "--junitxml=/r/pytest.xml", "t",
      ], files: ["run_module.py"]),
    Row(
      spec: RunSpec(driver: "pytest", args: ["dir": "-t", "options": ["-q"]]),
      argv: [
        "python3", "-u", "/r/run_module.py", "/r", "pytest", "-q", "-p", "no:cacheprovider",
        "--junitxml=/r/pytest.xml", "./-t",
      ], files: ["run_module.py"]),
    Row(
      spec: RunSpec(
        driver: "robotframework",
        args: [
          "suites": ["a.robot", "b"], "variable": ["x:1", "y:2"], "variablefile": "v.py", "include": ["smoke"],
          "exclude": "slow", "deny_skipping": true, "output": "/tmp/mine.xml",
        ]),
      argv: [
        "python3", "-u", "/r/run_module.py", "/r", "robot", "--exclude", "slow", "--include", "smoke", "--variable",
        "x:1", "--variable", "y:2", "--variablefile", "v.py", "--output", "/r/output.xml", "--log", "/r/log.html",
        "--report", "/r/report.html", "--xunit", "/r/xunit.xml", "a.robot", "b",
      ], files: ["run_module.py"]),
    Row(
      spec: RunSpec(driver: "xtesting", entry: .named("first")),
      argv: ["python3", "-u", "/r/run_xtesting.py", "/r", "result.json", "case.json"],
      files: ["run_xtesting.py", "case.json"]),
  ]

  @Test(arguments: rows)
  func aSpecificationBecomesACommand(row: Row) throws {
    let command = try Drivers.command(for: row.spec, in: context())
    #expect(command.argv == row.argv)
    #expect(command.directory == row.directory)
    #expect(command.files.map(\.path) == row.files)
    #expect(command.files.allSatisfy { isConfinedPath($0.path) && !$0.bytes.isEmpty })
  }

  static let faults: [(RunSpec, String)] = [
    (RunSpec(driver: "exec"), "exec: args.argv is missing or empty"),
    (RunSpec(driver: "exec", args: ["argv": []]), "exec: args.argv is missing or empty"),
    (RunSpec(driver: "exec", args: ["argv": [""]]), "exec: args.argv is missing or empty"),
    (RunSpec(driver: "exec", args: ["argv": ["a", ["b"]]]), "exec: args.argv has to be a list of texts"),
    (RunSpec(driver: "exec", args: ["argv": ["a\0b"]]), "exec: args.argv has to be a list of texts"),
    (RunSpec(driver: "exec", args: ["argv": ["a"], "cwd": "../x"]), "exec: args.cwd leaves the work folder: ../x"),
    (RunSpec(driver: "exec", args: ["argv": ["a"], "cwd": "/x"]), "exec: args.cwd leaves the work folder: /x"),
    (
      RunSpec(driver: "exec", args: ["argv": ["a"], "skip_exit": 256]),
      "exec: args.skip_exit has to be an exit status, 1 to 255"
    ),
    (
      RunSpec(driver: "exec", args: ["argv": ["a"], "skip_exit": 0]),
      "exec: args.skip_exit has to be an exit status, 1 to 255"
    ),
    (RunSpec(driver: "bashfeature"), "bashfeature: args.cmd is missing"),
    (RunSpec(driver: "bashfeature", args: ["cmd": []]), "bashfeature: args.cmd is empty"),
    (
      RunSpec(driver: "bashfeature", args: ["cmd": "x", "max_duration": -1]),
      "bashfeature: args.max_duration has to be a number of seconds above 0"
    ),
    (RunSpec(driver: "unit"), "unit: args.name is missing"),
    (RunSpec(driver: "pytest", args: ["dir": ["a"]]), "pytest: args.dir has to be a text"),
    (RunSpec(driver: "pytest", args: ["dir": "a", "options": ["a b": "c"]]), "pytest: no option can be named \"a b\""),
    (RunSpec(driver: "pytest", args: ["dir": "a", "options": ["-x": "c"]]), "pytest: no option can be named \"-x\""),
    (RunSpec(driver: "robotframework"), "robotframework: args.suites is missing"),
    (
      RunSpec(driver: "robotframework", args: ["suites": ["a"], "variable": ["x": "y"]]),
      "robotframework: option variable has to be a text or a list of texts"
    ),
    (
      RunSpec(driver: "robotframework", args: ["suites": ["a"], "deny_skipping": "no"]),
      "robotframework: args.deny_skipping has to be true or false"
    ),
    (RunSpec(driver: "xtesting"), "xtesting: there is neither an entry point nor a class to run"),
    (RunSpec(driver: "docker"), "there is no driver named docker"),
  ]

  @Test(arguments: faults)
  func whatMakesNoSenseIsAFaultThatNamesIt(spec: RunSpec, message: String) {
    let fault = #expect(throws: Fault.self) { try Drivers.command(for: spec, in: context()) }
    #expect(fault?.message == message)
    #expect(fault?.code == .definition)
  }

  @Test func everyDriverOfTheModelIsKnown() {
    for driver in RunSpec.drivers {
      let fault = #expect(throws: Fault.self) { try Drivers.command(for: RunSpec(driver: driver), in: context()) }
      #expect(fault?.message.hasPrefix("\(driver): ") == true)
    }
  }

  @Test func environmentIsOnlyAdded() throws {
    let spec = RunSpec(driver: "exec", args: ["argv": ["a"]], environment: ["A": "spec", "B": "spec"])
    let command = try Drivers.command(for: spec, in: context(environment: ["A": "node"]))
    #expect(command.environment == ["B": "spec", "SORTIE_REASON": "/r/reason.txt"])
  }

  @Test func onlyBashFeaturesLimitThemselves() {
    #expect(Drivers.timeout(for: RunSpec(driver: "bashfeature", args: ["max_duration": 5])) == 5)
    #expect(Drivers.timeout(for: RunSpec(driver: "bashfeature", args: ["max_duration": 0])) == nil)
    #expect(Drivers.timeout(for: RunSpec(driver: "bashfeature")) == nil)
    #expect(Drivers.timeout(for: RunSpec(driver: "exec", args: ["max_duration": 5])) == nil)
  }

  @Test func anXtestingCaseIsHandedOverWhole() throws {
    let spec = RunSpec(
      driver: "xtesting", entry: .type(module: "functest.core", name: "Odl"),
      args: ["python": "/p", "suites": ["a", 1]], environment: ["E": "1"])
    let command = try Drivers.command(for: spec, in: context(.percentage(80)))
    #expect(command.argv.first == "/p")
    let file = try #require(command.files.last)
    #expect(
      try JSONDecoder().decode(JSONValue.self, from: Data(file.bytes)) == [
        "case_name": "a_case", "project_name": "functest", "criteria": 80,
        "run": ["module": "functest.core", "class": "Odl", "args": ["suites": ["a", 1]], "env": ["E": "1"]],
      ])
  }
}
