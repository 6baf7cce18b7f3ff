import Drivers
import Model
import Testing

/// What the Python drivers make of result files and exit statuses.
struct ResultFileTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var driver: String
    var status: Int32
    var files: [String: String] = [:]
    var criteria = Criteria.percentage(100)
    var args: [String: JSONValue] = [:]
    var verdict: Verdict
    var result: Double?
    var reason: String?
    var testDescription: String { "\(driver) \(status) \(reason ?? "pass")" }
  }

  static let mixed = """
    <?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" tests="6">
    <testcase classname="t" name="a" /><testcase classname="t" name="b"><failure message="assert 1 &lt; 0">x</failure>
    </testcase><testcase classname="t" name="c"><skipped message="no disk"/></testcase>
    <testcase classname="t" name="d"/><testcase classname="t" name="e"/>
    <testcase classname="t" name="e"><error message="teardown"/></testcase>
    </testsuite></testsuites>
    """
  static let clean = "<testsuite><testcase classname='t' name='a'/><testcase classname='t' name='b'/></testsuite>"
  static let skipped = "<testsuite><testcase name='a'><skipped message='no disk'/></testcase></testsuite>"

  static let junitRows = [
    Row(driver: "pytest", status: 0, files: ["pytest.xml": clean], verdict: .pass, result: 100),
    Row(
      driver: "pytest", status: 1, files: ["pytest.xml": mixed], verdict: .fail, result: 50,
      reason: "2 of 5 tests failed, first t.b: assert 1 < 0"),
    Row(
      driver: "pytest", status: 1, files: ["pytest.xml": mixed], criteria: .percentage(50), verdict: .pass, result: 50,
      reason: "2 of 5 tests failed, first t.b: assert 1 < 0"),
    Row(
      driver: "pytest", status: 1, files: ["pytest.xml": mixed], criteria: .expression("success_rate >= 50%"),
      verdict: .pass, result: 50, reason: "2 of 5 tests failed, first t.b: assert 1 < 0"),
    Row(
      driver: "pytest", status: 0, files: ["pytest.xml": skipped], verdict: .skip,
      reason: "all 1 tests skipped themselves: no disk"),
    Row(
      driver: "pytest", status: 1, files: ["pytest.xml": clean], verdict: .fail, result: 100,
      reason: "pytest failed although no test did (exit status 1)"),
    Row(
      driver: "pytest", status: 2, files: ["pytest.xml": mixed], verdict: .error,
      reason: "pytest was interrupted or could not collect the tests: t.b: assert 1 < 0"),
    Row(
      driver: "pytest", status: 2, verdict: .error, reason: "pytest was interrupted or could not collect the tests"),
    Row(driver: "pytest", status: 3, verdict: .error, reason: "pytest had an internal error (exit status 3)"),
    Row(
      driver: "pytest", status: 4, verdict: .error,
      reason: "pytest was called wrongly: a path or an option is wrong (exit status 4)"),
    Row(
      driver: "pytest", status: 5, files: ["pytest.xml": "<testsuite/>"], verdict: .error,
      reason: "pytest found no tests (exit status 5)"),
    Row(driver: "pytest", status: 9, verdict: .error, reason: "pytest ended unexpectedly (exit status 9)"),
    Row(driver: "pytest", status: 0, verdict: .error, reason: "pytest left no results (exit status 0)"),
    Row(
      driver: "pytest", status: 0, files: ["pytest.xml": "<testsuite>"], verdict: .error,
      reason: "results cannot be read: it ends inside the element testsuite (byte 11)"),
    Row(
      driver: "pytest", status: 0, files: ["pytest.xml": "<html></html>"], verdict: .error,
      reason: "results cannot be read: it is no JUnit file"),
    Row(driver: "pytest", status: 0, files: ["pytest.xml": "<testsuite/>"], verdict: .error, reason: "no test was run"),
    Row(
      driver: "pytest", status: 127, files: ["problem.txt": "missing tool: no Python module named pytest"],
      verdict: .error, reason: "missing tool: no Python module named pytest"),
    // Skipped tests were run here: unittest counts them, and so does the formula of Xtesting.
    Row(
      driver: "unit", status: 1, files: ["unit.xml": mixed], verdict: .fail, result: 60,
      reason: "2 of 5 tests failed, first t.b: assert 1 < 0"),
    Row(driver: "unit", status: 0, files: ["unit.xml": clean], verdict: .pass, result: 100),
    Row(
      driver: "unit", status: 0, files: ["unit.xml": skipped], verdict: .skip,
      reason: "all 1 tests skipped themselves: no disk"),
    Row(driver: "unit", status: 0, files: ["unit.xml": "<testsuite/>"], verdict: .error, reason: "no test was run"),
    Row(driver: "unit", status: 3, verdict: .error, reason: "unittest left no results (exit status 3)"),
    Row(
      driver: "unit", status: 1, files: ["problem.txt": "cannot load x"], verdict: .error, reason: "cannot load x"),
  ]

  static func robot(_ pass: Int, _ fail: Int, _ skip: Int) -> String {
    """
    <robot><suite name="S"><test name="One"><kw name="Log"><msg>noise</msg><status status="PASS"/></kw>
    <status status="PASS"/></test><test name="Two"><kw><status status="FAIL">inner</status></kw>
    <status status="FAIL">no &amp; nope</status></test><status status="FAIL"/></suite><statistics><total>
    <stat pass="0" fail="1">Critical Tests</stat><stat pass="\(pass)" fail="\(fail)" skip="\(skip)">All Tests</stat>
    </total><suite><stat pass="9" fail="9">S</stat></suite></statistics></robot>
    """
  }

  static let robotRows = [
    Row(
      driver: "robotframework", status: 1, files: ["output.xml": robot(3, 1, 0)], verdict: .fail, result: 75,
      reason: "1 of 4 tests failed, first Two: no & nope"),
    Row(
      driver: "robotframework", status: 127, files: ["output.xml": robot(0, 127, 1)], verdict: .fail, result: 0.78125,
      reason: "127 of 128 tests failed, first Two: no & nope"),
    Row(
      driver: "robotframework", status: 250, files: ["output.xml": robot(0, 300, 0)], verdict: .fail, result: 0,
      reason: "300 of 300 tests failed, first Two: no & nope"),
    Row(driver: "robotframework", status: 0, files: ["output.xml": robot(3, 0, 1)], verdict: .pass, result: 100),
    Row(
      driver: "robotframework", status: 0, files: ["output.xml": robot(3, 0, 1)], args: ["deny_skipping": true],
      verdict: .fail, result: 75, reason: "1 of 4 tests were skipped"),
    Row(
      driver: "robotframework", status: 0, files: ["output.xml": robot(0, 0, 2)], verdict: .skip,
      reason: "all 2 tests skipped themselves: no & nope"),
    Row(
      driver: "robotframework", status: 0, files: ["output.xml": robot(0, 0, 2)], args: ["deny_skipping": true],
      verdict: .fail, result: 0, reason: "2 of 2 tests were skipped"),
    Row(
      driver: "robotframework", status: 0, files: ["output.xml": robot(0, 0, 0)], verdict: .error,
      reason: "no test was run"),
    Row(
      driver: "robotframework", status: 251, verdict: .error,
      reason: "Robot Framework printed its help instead of running (exit status 251)"),
    Row(
      driver: "robotframework", status: 252, verdict: .error,
      reason: "Robot Framework refused the suites or options, or nothing matched (exit status 252)"),
    Row(
      driver: "robotframework", status: 253, verdict: .error,
      reason: "Robot Framework was stopped from outside (exit status 253)"),
    Row(
      driver: "robotframework", status: 255, verdict: .error,
      reason: "Robot Framework had an internal error (exit status 255)"),
    Row(
      driver: "robotframework", status: 1, verdict: .error, reason: "Robot Framework left no results (exit status 1)"),
    Row(
      driver: "robotframework", status: 1, files: ["output.xml": "<robot><suite/></robot>"], verdict: .error,
      reason: "results cannot be read: it has no statistics"),
  ]

  static let xtestingRows = [
    Row(
      driver: "xtesting", status: 0, files: ["result.json": #"{"status": 0, "result": 90, "criteria": 80}"#],
      verdict: .pass, result: 90),
    Row(
      driver: "xtesting", status: 0, files: ["result.json": #"{"status": 0, "result": "PASS"}"#], verdict: .pass,
      result: 100),
    Row(
      driver: "xtesting", status: 1, files: ["result.json": #"{"status": 68, "result": 66.66}"#], verdict: .fail,
      result: 66.66, reason: "its result is 66.6 %"),
    Row(
      driver: "xtesting", status: 1,
      files: ["result.json": #"{"status": 68, "result": "FAIL", "reason": "run() returned 70"}"#], verdict: .fail,
      result: 0, reason: "run() returned 70"),
    Row(
      driver: "xtesting", status: 0,
      files: ["result.json": #"{"status": 67, "result": 0, "reason": "its requirements are not met"}"#],
      verdict: .skip, reason: "its requirements are not met"),
    Row(
      driver: "xtesting", status: 1, files: ["problem.txt": "missing tool: no entry point x"], verdict: .error,
      reason: "missing tool: no entry point x"),
    Row(driver: "xtesting", status: 1, verdict: .error, reason: "the test case left no results (exit status 1)"),
    Row(
      driver: "xtesting", status: 0, files: ["result.json": "[]"], verdict: .error,
      reason: "results cannot be read: result.json is no JSON of the expected shape"),
  ]

  @Test(arguments: junitRows + robotRows + xtestingRows)
  func resultFilesAreJudged(row: Row) {
    let judgement = judge(row)
    #expect(judgement.verdict == row.verdict)
    #expect(judgement.result == row.result)
    #expect(judgement.reason == row.reason)
  }

  @Test func detailsHaveTheShapesThatXtestingPublishes() {
    #expect(
      judge(Row(driver: "unit", status: 1, files: ["unit.xml": Self.mixed], verdict: .fail)).details == [
        "testsRun": 5, "failures": 1, "errors": 1, "skipped": 1,
        "tests": [
          ["name": "t.a", "status": "PASS"], ["name": "t.b", "status": "FAIL"], ["name": "t.c", "status": "SKIP"],
          ["name": "t.d", "status": "PASS"], ["name": "t.e", "status": "ERROR"],
        ],
      ])
    #expect(
      judge(Row(driver: "robotframework", status: 1, files: ["output.xml": Self.robot(1, 1, 0)], verdict: .fail))
        .details == [
          "description": "S", "total": 2, "passed": 1, "failed": 1, "errors": 0, "skipped": 0,
          "tests": [
            ["name": "One", "parent": "S", "status": "PASS", "text": ""],
            ["name": "Two", "parent": "S", "status": "FAIL", "text": "no & nope"],
          ],
        ])
    let xtesting = #"{"status": 0, "result": 100, "details": {"links": ["a"], "n": 1.5}}"#
    #expect(
      judge(Row(driver: "xtesting", status: 0, files: ["result.json": xtesting], verdict: .pass)).details
        == ["links": ["a"], "n": 1.5])
  }

  @Test func aMillionTestsDoNotMakeEndlessDetails() {
    let many = (0..<5_000).map { "<testcase classname='t' name='n\($0)'/>" }.joined()
    let judgement = judge(
      Row(driver: "pytest", status: 0, files: ["pytest.xml": "<testsuite>\(many)</testsuite>"], verdict: .pass))
    #expect(judgement.details?["total"] == 5_000)
    #expect(judgement.details?["tests"]?.array?.count == 1_000)
  }

  @Test func aReasonIsOneShortLine() {
    let message = String(repeating: "long&#10;\u{1B}[31m ", count: 200)
    let xml = "<testsuite><testcase name='a'><failure message='\(message)'/></testcase></testsuite>"
    let reason = judge(Row(driver: "pytest", status: 1, files: ["pytest.xml": xml], verdict: .fail)).reason ?? ""
    #expect(reason.count <= 400)
    #expect(reason.hasPrefix("1 of 1 tests failed, first a: long [31m long"))
    #expect(reason.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 })
  }

  private func judge(_ row: Row) -> Judgement {
    Drivers.judge(
      .exited(row.status), spec: RunSpec(driver: row.driver, args: row.args), context: context(row.criteria),
      read: { row.files[$0].map { Array($0.utf8) } })
  }
}
