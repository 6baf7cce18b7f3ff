import Dialects
import Foundation
import Store
import Testing

/// The dashboards as values, and over the wire.
@Suite struct LegacyDashboardTests {
  private typealias Dashboard = TestAPI.Legacy.Dashboard

  /// The parts behind the description, each made of the details that are given, the oldest first.
  private static func parts(
    _ project: String, _ testCase: String, _ details: [String],
    _ generation: TestAPI.Legacy.Dashboard.Generation = .second
  ) throws -> String {
    var dashboard = try #require(Dashboard(project: project, testCase: testCase, generation))
    for (day, details) in details.enumerated().reversed() {
      dashboard.add(testCase: testCase, date: "d\(day)", details: details)
    }
    var writer = JSONWriter()
    dashboard.write(to: &writer)
    #expect((try? JSONSerialization.jsonObject(with: Data(writer.bytes))) is [Any], "\(writer.text)")
    return writer.text
  }

  @Test(arguments: ["vPing", "vPing_userdata"])
  func vPing(_ name: String) throws {
    let details = [#"{"duration": 66, "status": "OK"}"#, #"{"duration": 1.50, "status": "NOK"}"#, "{}", "null", "[]"]
    #expect(
      try Self.parts("functest", name, details)
        == #"[{"description": "\#(name) results for Dashboard"}, "#
        + #"{"name": "\#(name) duration", "info": {"type": "graph", "xlabel": "time", "ylabel": "duration (s)"}, "#
        + #""data_set": [{"x": "d0", "y": 66}, {"x": "d1", "y": 1.50}]}, "#
        + #"{"name": "\#(name) status", "info": {"type": "bar"}, "data_set": [{"Nb tests": 2, "Nb Success": 1}]}]"#)
  }

  @Test func tempest() throws {
    let details = [
      #"{"duration": 100, "tests": 200, "failures": 3}"#, #"{"tests": "10", "failures": 10}"#,
      #"{"tests": 0, "failures": 0}"#,
      #"{"tests": 9223372036854775807, "failures": -9223372036854775807}"#, #""text""#,
    ]
    let shown = try Self.parts("functest", "Tempest", details)
    #expect(shown.contains(#""Tempest duration""#) && shown.contains(#"[{"x": "d0", "y": 100}]"#))
    #expect(
      shown.contains(
        #"{"x": "d0", "y1": 200, "y2": 3}, {"x": "d1", "y1": 10, "y2": 10}, {"x": "d2", "y1": 0, "y2": 0}"#))
    #expect(shown.contains(#""Total number of tests run/failure tests""#))
    #expect(shown.contains(#"[{"Run": 9223372036854775807, "Failed": -9223372036854775794}]"#))
    #expect(
      shown.hasSuffix(
        #"{"name": "Tempest success rate", "info": {"type": "graph", "xlabel": "time", "y1label": "Success rate"}, "#
          + #""data_set": [{"x": "d0", "y1": 98}, {"x": "d1", "y1": 0}, {"x": "d2", "y1": 0}, {"x": "d3", "y1": 0}]}]"#)
    )
    #expect(!(try Self.parts("functest", "Tempest", details, .first)).contains("success rate"))
  }

  @Test func rally() throws {
    let shown = try Self.parts(
      "functest", "Rally",
      [
        #"[{"x": 1}, {"summary": {"duration": 12.9, "nb success": 98}}]"#,
        #"[{"summary": {"duration": "7", "nb success": "99.5"}}]"#, "[]", #"[{"summary": 5}]"#,
        #"{"0": {"summary": {}}}"#,
      ])
    #expect(shown.contains(#""rally duration""#) && shown.contains(#"[{"x": "d0", "y": 12}, {"x": "d1", "y": 7}]"#))
    #expect(
      shown.contains(#""success rate (%)""#) && shown.contains(#"[{"x": "d0", "y": 98.0}, {"x": "d1", "y": 99.5}]"#))
  }

  @Test func controllers() throws {
    let odl = try Self.parts(
      "functest", "ODL",
      [
        #"{"details": [{"test_status": {"@status": "FAIL"}}, {"test_status": {"@status": "PASS"}}, 5]}"#,
        #"{"details": {}}"#,
      ])
    #expect(odl.contains(#"[{"x": "d0", "y1": 3, "y2": 1}]"#))
    let onos = try Self.parts(
      "functest", "ONOS",
      [
        #"{"FUNCvirNet": {"duration": "1:02:08.999904", "status": [{"Case result": "FAIL"}, {"Case result": "PASS"}]},"#
          + #""FUNCvirNetL3": {"duration": "0:00:01.2", "status": []}}"#,
        #"{"FUNCvirNet": {"duration": "99999999999999999999:0:0"}, "FUNCvirNetL3": {"duration": "0:0:nan"}}"#,
        #"{"FUNCvirNet": {"duration": "0:0:inf"}, "FUNCvirNetL3": {"duration": "::"}}"#,
        #"{"FUNCvirNet": {"duration": "-1:0:0"}, "FUNCvirNetL3": 7}"#,
      ])
    #expect(onos.contains(#""ONOS FUNCvirNet duration ""#) && onos.contains(#"[{"x": "d0", "y": 3729}]"#))
    #expect(onos.contains(#"[{"x": "d0", "y1": 2, "y2": 1}]"#))
    #expect(onos.contains(#"[{"x": "d0", "y": 1}]"#) && onos.contains(#"[{"x": "d0", "y1": 0, "y2": 0}]"#))
  }

  @Test func vIMS() throws {
    let shown = try Self.parts(
      "functest", "vIMS",
      [
        #"{"orchestrator": {"duration": 1}, "vIMS": {"duration": 2.5}, "sig_test": {"duration": 3, "result": [{"result": "Passed"}, "#
          + #"{"result": "Passed"}, {"result": "Failed"}, {"result": "Skipped"}, 4]}}"#,
        #"{"orchestrator": {"duration": 1}, "vIMS": {"duration": 0}, "sig_test": {"result": ""}}"#,
      ])
    #expect(shown.contains(#"[{"x": "d0", "y1": 1, "y2": 2.5, "y3": 3}]"#))
    #expect(shown.contains(#"[{"x": "d0", "y1": 2, "y2": 1, "y3": 1}]"#))
    #expect(shown.contains(#"[{"Run": 3, "Failed": 1}]"#))
  }

  @Test func otherProjects() throws {
    let promise = try Self.parts("promise", "promise", [#"{"duration": "0:00:08.9", "tests": 5, "failures": 1}"#])
    #expect(promise.contains(#"{"x": "d0", "y": "0:00:08.9"}"#) && promise.contains(#"{"x": "d0", "y1": 5, "y2": 1}"#))
    let doctor = try Self.parts("doctor", "doctor-notification", [#"{"duration": 0.7, "status": "OK"}"#])
    #expect(doctor.contains(#"{"x": "d0", "y": 0.7}"#) && doctor.contains(#"{"Nb tests": 1, "Nb Success": 1}"#))
    let ping = try Self.parts(
      "yardstick", "Ping",
      [
        #"[{"benchmark": {"data": {"rtt": 1}, "errors": ""}}, {"benchmark": {"data": {"rtt": 2}, "errors": ""}}, {"context": 1}]"#,
        #"[{"benchmark": {"data": {}, "errors": "broken"}}]"#, #"{"benchmark": 1}"#,
      ])
    #expect(ping.contains(#"[{"x": "d0", "y": 1.5}]"#) && ping.contains(#"{"Nb tests": 2, "Nb Success": 1}"#))
    let frames = try Self.parts(
      "vsperf", "pvp_b2b_ovsvirtio", [#"{"64": "1.5", "128": 2, "512": 3, "1024": 4, "1518": 5}"#, #"{"64": 1}"#])
    #expect(frames.contains(#""B2B frames""#))
    #expect(frames.contains(#"[{"x": "d0", "y1": "1.5", "y2": 2, "y3": 3, "y4": 4, "y5": 5}]"#))
    let rubbos = try Self.parts(
      "bottlenecks", "rubbos",
      [
        #"[{"client": 1, "throughput": 1}]"#,
        #"[{"client": 200, "throughput": 20}, {"client": "300", "throughput": 50}]"#, "[]",
      ])
    #expect(rubbos.contains(#"[{"x": 200, "y": 20}, {"x": 300, "y": 50}]"#))
    let bandwidth = try Self.parts(
      "bottlenecks", "tu1", [#"{"128": {"Bandwidth": 2.5}, "64": {"Bandwidth": 1}, "x": {"Bandwidth": 1}, "256": 7}"#])
    #expect(bandwidth.contains(#"[{"x": 64, "y": 1000.0}, {"x": 128, "y": 2500.0}]"#))
    #expect(bandwidth.contains(#"{"64": 1000.0, "128": 2500.0}"#))
    #expect(try Self.parts("qtip", "network_test_suite", [#"{"index": 0.9}"#]).contains(#"[{"x": "d0", "y1": 0.9}]"#))
    #expect(try Self.parts("yardstick", "Fio", ["{}"]) == #"[{"description": "Fio results for Dashboard"}]"#)
    #expect(try Self.parts("bottlenecks", "tu3", []).contains(#""data_set": []"#))
  }

  @Test func everyCaseOfEveryProjectTakesDetailsOfAnyShape() throws {
    let cases: [String: [String]] = [
      "functest": ["status", "vPing", "vPing_userdata", "vIMS", "Tempest", "ODL", "odl", "ONOS", "Rally"],
      "promise": ["promise"], "doctor": ["doctor-notification", "doctor-mark-down"],
      "yardstick": ["Ping", "Iperf", "Netperf", "Pktgen", "Fio", "Lmbench", "Perf", "Cyclictest"],
      "vsperf": ["tput_ovs", "b2b_ovsdpdk", "pvvp_tput_ovsdpdkuser", "mem_load_ovs"],
      "bottlenecks": ["rubbos", "tu1", "tu3"], "qtip": ["compute_test_suite", "storage_test_suite"],
    ]
    #expect(cases.keys.sorted() == Dashboard.projects)
    let keys = [
      "duration", "status", "tests", "failures", "details", "summary", "FUNCvirNet", "FUNCvirNetL3", "orchestrator",
      "vIMS", "sig_test", "result", "benchmark", "data", "rtt", "errors", "64", "128", "512", "1024", "1518", "index",
      "Bandwidth", "client", "throughput", "nb success", "test_status", "@status", "Case result",
    ]
    let values = [
      "null", "true", "0", "-1", "1e308", "1e400", "-0", "12345678901234567890", #""""#, #""1:2:3""#, #""1:2:3e400""#,
      "[]", "[[]]", "{}", "[null, 1, {}]", String(repeating: "[", count: 300) + String(repeating: "]", count: 300),
    ]
    for value in values {
      let flat = "{" + keys.map { "\"\($0)\": \(value)" }.joined(separator: ", ") + "}"
      let nested = "{" + keys.map { "\"\($0)\": \(flat)" }.joined(separator: ", ") + "}"
      let shapes = [
        value, flat, nested, "[\(flat)]", "[\(nested), \(flat)]", "{\"details\": [\(nested)]}", "", "{", "[1",
      ]
      for (project, names) in cases {
        for name in names { _ = try Self.parts(project, name, shapes) }
      }
    }
  }

  @Test func errors() async throws {
    try await run([
      Step("GET", "/dashboard", "404 error:Project name missing"),
      Step("GET", "/dashboard?project=nope", "404 error: no dashboard ready data for this project"),
      Step("GET", "/dashboard?project=functest", "404 error:Test case missing for project functest"),
      Step("GET", "/dashboard?project=functest&case=nope", "404 error: no dashboard ready data for this project"),
      Step("GET", "/dashboard?project=functest&case=vPing&period=x", "400 period must be int"),
      Step("POST", "/dashboard", sending: "{}", "405 Method Not Allowed"),
      Step("GET", "/dashboard/v1/results", "404 Project name missing"),
      Step("GET", "/dashboard/v1/results?project=nope", "404 Project [nope] not dashboard ready"),
      Step("GET", "/dashboard/v1/results?project=functest", "404 Test case missing for project [functest]"),
      Step(
        "GET", "/dashboard/v1/results?project=functest&case=nope",
        "404 Test case [nope] not dashboard ready for project [functest]"),
      Step("GET", "/dashboard/v1/results?project=functest&case=vPing&period=x", "400 period must be int"),
      Step(
        "GET", "/dashboard/v1/projects", "200 OK",
        #"["bottlenecks", "doctor", "functest", "promise", "qtip", "vsperf", "yardstick"]"#),
      Step("GET", "/dashboard/v1/nope", "404 Not Found"),
      Step("GET", "/dashboard/nope", "404 Not Found"),
      Step(
        "GET", "/dashboard?project=functest&case=vPing", "200 OK",
        #"{"dashboard": [{"description": "vPing results for Dashboard"}, {…"data_set": []}, "#
          + #"{…[{"Nb tests": 0, "Nb Success": 0}]}], "meta": {}}"#),
    ])
  }

  @Test func overTheWire() async throws {
    @Sendable func posted(_ testCase: String, _ details: String, _ more: String = "") -> Step {
      Step(
        "POST", "/api/v1/results", sending: resultBody(#"\#(more)"details": \#(details)"#, testCase: testCase), "200 OK"
      )
    }
    let early = #""start_date": "2026-11-20 10:00:00", "version": "b", "#
    try await TestServer.run { server in
      for name in ["vPing", "vPing_userdata", "Tempest", "ODL", "vIMS", "own"] {
        try await server.declare(pod: "pod1", testCase: name)
      }
      for step in [
        posted("vPing", #"{"duration": 1, "status": "OK"}"#, early),
        posted("vPing", #"{"duration": 2, "status": "NOK"}"#),
        posted("vPing_userdata", #"{"duration": 3, "status": "OK"}"#),
        posted("Tempest", #"{"tests": 100, "failures": 18}"#), posted("ODL", #"{"details": [{}]}"#),
        posted("vIMS", #"{"vIMS": {"duration": 5}}"#), posted("own", "{}"),
        Step(
          "GET", "/dashboard/v1/results?project=functest&case=vPing", "200 OK",
          #"[{…"data_set": [{"x": "2026-11-20 10:00:00", "y": 1}, {"x": "2026-11-21 01:36:34.123456", "y": 2}]}, …"#),
        Step("GET", "/dashboard/v1/results?project=functest&case=vPing&version=b", "200 OK", #"[{…{"Nb tests": 1, …"#),
        Step(
          "GET", "/dashboard/v1/results?project=functest&case=vPing&last=1", "200 OK", #"[{…[{"x": "2026-11-21 01…"#),
        Step("GET", "/dashboard/v1/results?project=functest&case=vPing&period=1", "200 OK", #"[{…{"Nb tests": 1, …"#),
        Step(
          "GET", "/dashboard?project=functest&case=vPing&pod=1&period=5", "200 OK",
          #"{"dashboard": [{…{"x": "2026-11-21 01:36:34.123456", "y": 1}, …{"Nb tests": 2, …"#),
        Step("GET", "/dashboard/project=functest&case=vPing", "200 OK", #"{"dashboard": [{…{"Nb tests": 2, …"#),
        Step(
          "GET", "/dashboard/v1/results?project=functest&case=status", "200 OK",
          #"[{"description": "Functest status"}, {"nb test suite(s) run": 5}, {"vPing": "66%"}, {"VIM status": "82%"}, "#
            + #"{"SDN Controllers": {"odl": "100%", "onos": null, "ocl": null}}, {"VNF deployment": "100%"}]"#),
        Step(
          "GET", "/dashboard?project=functest&case=status", "200 OK",
          #"{"dashboard": [{…{"vPing": "66%"}, …], "meta": {}}"#),
      ] { try await step.check(server) }
    }
  }

  /// The newest results only, however many there are.
  @Test func manyResults() async throws {
    try await TestServer.run { server in
      try await server.declare(pod: "pod1", testCase: "vPing")
      let extra = 300
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<Dashboard.resultLimit + extra {
          group.addTask {
            let details = #"{"duration": \#(number), "status": "OK"}"#
            let report = CaseResult.Report(pod: "pod1", project: "functest", testCase: "vPing", details: details)
            _ = try await server.store.addResult(report, requestKey: nil)
          }
        }
        try await group.waitForAll()
      }
      let expected = #"[{…"data_set": [{"Nb tests": \#(Dashboard.resultLimit), …"#
      try await Step("GET", "/dashboard/v1/results?project=functest&case=vPing", "200 OK", expected).check(server)
    }
  }
}
