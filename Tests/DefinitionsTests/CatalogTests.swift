import Model
import Testing

@testable import Definitions

@Suite struct CatalogTests {
  @Test func coloradoLoads() throws {
    let read = try catalog(Fixtures.colorado)
    #expect(read.tiers.map(\.name) == ["health"])
    #expect(read.tiers[0].loop == "(daily)|(weekly)")
    #expect(read.tiers[0].order == 0)
    let first = read.cases[0]
    #expect(first.name == "health")
    #expect(first.project == "functest")
    #expect(first.description == "Asks for the services.")
    #expect(first.isBlocking)
    #expect(first.criteria == .expression("status == \"PASS\""))
    #expect(first.run == nil)
    #expect(first.domain == "health")
    #expect(first.dependencies.map(\.variable) == ["INSTALLER_TYPE", "DEPLOY_SCENARIO"])
    #expect(first.dependencies.map(\.isMetWhenUnset) == [true, true])
    #expect(first.dependencies[1].location == SourceLocation(file: "c.yaml", line: 19, column: 31))
    #expect(findings(Fixtures.colorado).warnings.isEmpty)
  }

  @Test func danubeAndEuphratesRunPythonClasses() throws {
    let danube = try catalog(Fixtures.danube).cases[0]
    #expect(
      danube.run
        == RunSpec(
          driver: "xtesting", entry: .type(module: "vping.ssh", name: "VPingSSH"), args: ["count": 3]))
    let euphrates = try catalog(Fixtures.euphrates).cases[0]
    #expect(euphrates.project == "doctor")
    #expect(!euphrates.isEnabled)
    #expect(euphrates.criteria == .percentage(80))
    #expect(findings(Fixtures.danube).warnings.isEmpty)
    #expect(findings(Fixtures.euphrates).warnings.isEmpty)
  }

  @Test func xtestingBlocksByDefault() throws {
    let cases = try catalog(Fixtures.xtesting).cases
    #expect(cases.map(\.isBlocking) == [true, false, true])
    #expect(cases.map(\.criteria) == [.percentage(100), .percentage(90.5), .percentage(100)])
    #expect(cases[0].run?.driver == "xtesting")
    #expect(cases[0].run?.entry == .named("first"))
    #expect(cases[0].run?.args == ["a": [1, 2.5, true, nil, "text"]])
    #expect(
      cases[0].run?.environment == ["FLAG": "True", "COUNT": "3", "RATIO": "1.5", "NAME": "x", "NONE": "None"])
    #expect(cases[0].dependencies.map(\.isMetWhenUnset) == [false, false])
    #expect(cases[1].run == RunSpec(driver: "bashfeature", args: ["cmd": "echo hello"]))
    #expect(cases[2].run == nil)
  }

  @Test func ourOwnFilesSayMore() throws {
    let read = try catalog(Fixtures.own)
    let (one, two) = (read.cases[0], read.cases[1])
    #expect(one.domain == "python")
    #expect(two.domain == "quick")
    #expect(one.timeout == 900)
    #expect(one.retries == 2)
    #expect(two.retries == nil)
    #expect(one.weight == 2.5)
    #expect(one.locks == [.init("sut", .exclusive), .init("net", .shared), .init("disk", .exclusive)])
    #expect(one.requires == ["arch": "x86_64", "fast": ""])
    #expect(two.requires == ["ssd": "", "arch": "arm64"])
    #expect(one.artifacts == ["*.xml", "out/**"])
    #expect(one.onEachNode)
    #expect(one.outputLimit == 65536)
    #expect(!one.isBlocking)
    #expect(two.isBlocking)
    #expect(two.run == RunSpec(driver: "xtesting", entry: .named("vping"), args: ["more": 1]))
    #expect(read.tiers[0].setup?.timeout == 300)
    #expect(read.domains["python"]?.setup?.timeout == 10)
    #expect(read.domains["python"]?.teardown?.run.driver == "bashfeature")
    #expect(findings(Fixtures.own).warnings.isEmpty)
  }

  @Test func blockingThatOldFilesForgetIsAWarning() throws {
    let text = Fixtures.euphrates.replacing("            blocking: false\n", with: "")
    #expect(try catalog(text).cases[0].isBlocking == false)
    #expect(findings(text).warnings.count == 1)
  }

  @Test func everythingWrongIsSaidAtOnce() {
    let text = """
      sortie: 1
      tiers:
        - name: one
          ci_loop: '('
          testcases:
            - case_name: a/b
              timeout: -5
              blocking: perhaps
            - case_name: c
              criteria: 101
              dependencies: [{X: '(?!'}]
              run: {name: exce, args: {}}
            - timeout: 1e300
        - name: one
          testcases: []
      """
    let errors = findings(text).errors
    #expect(
      errors.compactMap(\.location).map { "\($0.line):\($0.column)" } == [
        "4:14", "6:20", "7:18", "8:19", "10:19", "11:28", "12:21", "13:9", "13:18", "14:5",
      ], "\(errors)")
    #expect(errors.allSatisfy { $0.location?.file == "c.yaml" })
    #expect(errors[6].hint?.contains("did you mean \"exec\"?") == true)
    #expect(errors[9].message.contains("c.yaml:3:5"))
  }

  @Test(arguments: [
    ("timeout: .nan", "seconds"), ("timeout: 0", "seconds"), ("timeout: 1e300", "seconds"), ("weight: 31d", "seconds"),
    ("retries: 11", "whole number from 0 to 10"), ("retries: -1", "whole number"), ("retries: 1.5", "whole number"),
    ("retries: twice", "whole number"),
    ("criteria: -1", "percentage"), ("criteria: .nan", "percentage"), ("criteria: true", "percentage"),
    ("criteria: 90%", "percentage"), ("criteria: ", "percentage"), ("blocking: 1", "true or false"),
    ("enabled: 'false'", "true or false"), ("files: ../x", "folder"), ("files: [/etc/passwd]", "folder"),
    ("files: missing.txt", "no missing.txt"), ("artifacts: [{}]", "list of texts"), ("on: every-node", "each-node"),
    ("locks: ['a b']", "no lock"), ("locks: [a, 'a:shared']", "twice"), ("locks: [{name: a, mode: most}]", "no lock"),
    ("requires: ['a,b']", "label"), ("requires: {a: [1]}", "labels"), ("output_limit: 3", "bytes"),
    ("domain: a@b", "`@`"),
    ("dependencies: {arch: x}", "not known in this form"), ("dependencies: x", "one-key maps"),
    ("dependencies: [x]", "one key"), ("dependencies: [{DEBUG: true}]", "regular expression"),
    ("run: x", "mapping"), ("run: {}", "names nothing"), ("run: {module: m}", "belong together"),
    ("run: {name: xtesting}", "what to load"), ("run: {name: exec}", "argv"),
    ("run: {name: exec, args: {argv: []}}", "argv"), ("run: {name: exec, args: {argv: [[x]]}}", "argv"),
    ("run: {name: bashfeature, args: {cmd: ''}}", "cmd"), ("run: {name: pytest, args: [x]}", "mapping"),
    ("run: {name: pytest, args: {x: .inf}}", "driver"), ("run: {name: pytest, env: {'A=B': 1}}", "variable"),
    ("run: {name: pytest, env: {A: }}", "no value"), ("run: {name: pytest, env: {A: [1]}}", "text or a number"),
    ("name: y", "both"), ("project_name: a/b", "project"), ("description: [x]", "text"),
  ])
  func faultsOfOurOwnFiles(member: String, words: String) {
    let errors = findings(ownCase("case_name: x\n" + member)).errors
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.message.contains(words) == true, "\(errors)")
    #expect(errors.first?.location?.line ?? 0 >= 5)
  }

  @Test(arguments: [
    ("color: red", "known"), ("criteria: 0", "never passes"), ("clean_flag: true", "known"),
    ("dependencies: [{A: x, B: y}]", "first key"), ("dependencies: [{A: null}]", "null"),
  ])
  func warningsOfOurOwnFiles(member: String, words: String) {
    let found = findings(ownCase("case_name: x\n" + member))
    #expect(found.errors.isEmpty, "\(found.errors)")
    #expect(found.warnings.map { $0.message.contains(words) } == [true], "\(found.warnings)")
  }

  @Test(arguments: [
    "a b", "a@b", "a:b", "a,b", "a*", "[a]", "..", "-x", "all", "a/b", String(repeating: "x", count: 65),
  ])
  func namesThatCannotBeNamed(name: String) {
    #expect(findings(ownCase("case_name: '\(name)'")).errors.count == 1)
    let tier = findings("tiers:\n- name: '\(name)'\n  testcases: [{case_name: a, project_name: p}]\n")
    #expect(tier.errors.count == 1, "\(tier.errors)")
  }

  @Test func unknownDriversAreFaultsInOurOwnFilesOnly() throws {
    let found = findings(ownCase("case_name: x\nrun: {name: tempest_full}"))
    #expect(found.errors.first?.hint?.contains("entry") == true)
    let text = "tiers: [{name: t, testcases: [{case_name: x, project_name: p, run: {name: tempest_full}}]}]"
    #expect(try catalog(text).cases[0].run?.entry == .named("tempest_full"))
  }

  @Test(arguments: ["timeout: 5", "retries: 1", "locks: [sut]"])
  func ourKeysInUpstreamFilesAreIgnoredAndSaidSo(member: String) throws {
    let text = "tiers: [{name: t, testcases: [{case_name: x, project_name: p, \(member), run: {name: first}}]}]"
    let read = try catalog(text).cases[0]
    #expect(read.timeout == nil && read.retries == nil && read.locks.isEmpty)
    #expect(findings(text).warnings.first?.hint?.contains("sortie: 1") == true)
  }

  @Test func retriesGoWithGatesAndWithCasesOnEachNode() throws {
    let read = try catalog(ownCase("case_name: x\nblocking: true\non: each-node\nretries: 10"))
    #expect(read.cases[0].retries == 10)
    #expect(read.cases[0].isBlocking && read.cases[0].onEachNode)
  }

  @Test(arguments: [
    ("[]", "mapping"), ("x", "mapping"), ("tiers: x", "list"), ("tiers:\n", "no `tiers`"), ("tiers: [x]", "mapping"),
    ("tiers: [{testcases: []}]", "no `name`"), ("tiers: [{name: t}]", "no `testcases`"),
    ("sortie: 2\ntiers: []", "must be 1"),
    ("tiers: [{name: t, order: x, testcases: []}]", "whole number"), ("sortie: 1\ndomains: []", "domains"),
    ("sortie: 1\ndomains: {d: {setup: {}}}", "no `run`"), ("tiers: [{name: t, testcases: {}}]", "list"),
  ])
  func faultsOfTheOutline(text: String, words: String) {
    let errors = findings(text).errors
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.message.contains(words) == true, "\(errors)")
  }

  @Test func aFolderIsReadInTheOrderOfNames() throws {
    try withFolder { folder in
      try write(ownCase("case_name: b"), to: folder + "/2.yaml")
      try write(
        ownCase("case_name: a\nfiles: [data.txt]").replacing("name: t\n", with: "name: s\n"), to: folder + "/1.yml")
      try write("x", to: folder + "/data.txt")
      try write("[", to: folder + "/.hidden.yaml")
      let read = try CatalogReader.read(path: folder).catalog
      #expect(read.cases.map(\.name) == ["a", "b"])
      #expect(read.cases[0].folder == folder)
      #expect(read.cases[0].location?.file == folder + "/1.yml")
    }
  }

  @Test func repeatedNamesAcrossFilesNameBothPlaces() throws {
    try withFolder { folder in
      try write(ownCase("case_name: same"), to: folder + "/1.yaml")
      try write(ownCase("case_name: same"), to: folder + "/2.yaml")
      let found = CatalogReader.check(path: folder)
      #expect(found.errors.count == 2)
      #expect(found.errors.allSatisfy { $0.location?.file == folder + "/2.yaml" && $0.message.contains("/1.yaml:") })
      #expect(found.text.contains("      - case_name: same\n          ^\n"))
    }
  }

  @Test func missingAndEmptyPathsAreFaults() throws {
    #expect(CatalogReader.check(path: "/nowhere/at/all.yaml").errors.map(\.code) == [.notFound])
    try withFolder { folder in
      #expect(CatalogReader.check(path: folder).errors.map(\.code) == [.notFound])
    }
  }

  @Test func manyFaultsAreCountedNotListed() {
    let cases = (0..<1000).map { "  - {case_name: c\($0), timeout: -1}" }.joined(separator: "\n")
    let errors = findings("sortie: 1\ntiers:\n- name: t\n  testcases:\n\(cases)\n").errors
    #expect(errors.count == Diagnostics.limit + 1)
    #expect(errors.last?.message == "800 more errors are not shown")
  }

  @Test func aDomainThatNoCaseUsesIsAWarning() {
    let found = findings(Fixtures.own.replacing("domain: python", with: "domain: pythn"))
    #expect(found.warnings.map(\.hint) == ["did you mean \"pythn\"?"])
  }
}
