import Testing

@Suite struct ScenarioConformanceTests {
  private static let path = "/api/v1/scenarios"
  private static let whole =
    #"{"name": "os-nosdn", "installers": [{"installer": "apex", "versions": [{"owner": "me", "version": "master", "#
    + #""projects": [{"project": "functest", "customs": ["healthcheck", "vping"], "scores": [{"date": "2017-01-08", "#
    + #""score": "12/14"}], "trust_indicators": [{"date": "2017-01-18", "status": "silver"}]}]}]}]}"#
  /// The installers of `whole`, as they are shown.
  private static let installers = String(whole.dropFirst(#"{"name": "os-nosdn", "installers": "#.count).dropLast())

  @Test func theRecordItself() async throws {
    let path = Self.path
    let absent = "Could Not Found scenarios [{'name': u'nope'}]"
    try await run([
      Step("GET", path, "200 OK", #"{"scenarios": []}"#),
      Step("POST", path, "400 No Body"),
      Step("POST", path, sending: "null", "400 No Body"),
      Step("POST", path, sending: "{}", "400 name Missing"),
      Step("POST", path, sending: #"{"name": ""}"#, "400 name Missing"),
      Step("POST", path, sending: #"{"name": 1}"#, "400 Bad Format [name must be a string]"),
      Step(
        "POST", path, sending: #"{"name": "a", "installers": 1}"#, "400 Bad Format [['installers must be a list']]"),
      Step(
        "POST", path, sending: #"{"name": "a", "installers": [{"versions": []}]}"#,
        "400 Bad Format [['installer must be a string that is not empty']]"),
      Step(
        "POST", path, sending: Self.whole, "200 OK",
        #"{"href": "http://collector.test:8000/api/v1/scenarios/os-nosdn"}"#
      ),
      Step("POST", path, sending: Self.whole, "403 scenarios [{'name': u'os-nosdn'}] Already Exists"),
      Step(
        "GET", path + "/os-nosdn", "200 OK",
        #"{"_id": "…", "name": "os-nosdn", "creation_date": "2026-11-21 01:36:34.123456", "installers": "#
          + Self.installers + "}"),
      Step("POST", path, sending: #"{"name": "12", "colour": 1, "installers": null}"#, "200 OK"),
      Step("GET", path + "/12", "200 OK", #"{"_id": "…", "name": "12", "creation_date": "…", "installers": []}"#),
      Step("GET", path + "/nope", "404 " + absent),
      Step("PUT", path + "/os-nosdn", "400 No Body"),
      Step("PUT", path + "/nope", sending: #"{"name": "x"}"#, "404 " + absent),
      Step("PUT", path + "/12", sending: #"{"name": "12"}"#, "403 Nothing to update"),
      Step("PUT", path + "/12", sending: "{}", "403 Nothing to update"),
      Step(
        "PUT", path + "/12", sending: #"{"name": "os-nosdn"}"#,
        "403 scenarios [{'name': u'os-nosdn'}] Already Exists"),
      Step(
        "PUT", path + "/12", sending: #"{"installers": []}"#,
        "400 Bad Format [['ScenarioUpdateRequest has no attribute installers']]"),
      Step(
        "PUT", path + "/12", sending: #"{"name": "a/b"}"#, "200 OK",
        #"{"_id": "…", "name": "a/b", "creation_date": "…", "installers": []}"#),
      Step("GET", path + "/12", "404 Could Not Found scenarios [{'name': u'12'}]"),
      Step(
        "GET", path, "200 OK", #"{"scenarios": [{"_id": "…", "name": "os-nosdn", …}, {"_id": "…", "name": "a/b", …}]}"#),
      Step("DELETE", path + "/a%2Fb", "200 OK", ""),
      Step("DELETE", path + "/a%2Fb", "404 Could Not Found scenarios [{'name': u'a/b'}]"),
      Step("PUT", path, sending: "{}", "405 Method Not Allowed"),
      Step("GET", path + "/", "404 Not Found"),
      Step("POST", path + "/os-nosdn", sending: "{}", "405 Method Not Allowed"),
    ])
  }

  @Test func filters() async throws {
    let other =
      #"{"name": "odl", "installers": [{"installer": "fuel", "versions": [{"version": "master"}, {"version": "d", "#
      + #""projects": [{"project": "functest"}]}]}, {"installer": "joid"}]}"#
    let path = Self.path
    let first = #"{"_id": "…", "name": "os-nosdn", …"silver"}]}]}]}]}"#
    let second = #"{"_id": "…", "name": "odl", …"joid", "versions": []}]}"#
    let none = #"{"scenarios": []}"#
    func list(_ found: String...) -> String { #"{"scenarios": ["# + found.joined(separator: ", ") + "]}" }
    try await run([
      Step("POST", path, sending: Self.whole, "200 OK"), Step("POST", path, sending: other, "200 OK"),
      Step("GET", path + "?name=NOSDN", "200 OK", list(first)),
      Step("GET", path + "?installer=apex", "200 OK", list(first)),
      Step("GET", path + "?installer=joid", "200 OK", list(second)), Step("GET", path + "?installer=j", "200 OK", none),
      Step("GET", path + "?version=d", "200 OK", list(second)), Step("GET", path + "?version=nope", "200 OK", none),
      Step("GET", path + "?project=functest", "200 OK", list(first, second)),
      Step("GET", path + "?version=master&project=functest", "200 OK", list(first)),
      Step("GET", path + "?installer=joid&version=master", "200 OK", none),
      Step("GET", path + "?name=odl&installer=apex", "200 OK", none), Step("GET", path + "?colour=1", "200 OK", none),
    ])
  }

  private static let place = "?installer=apex&version=master&project=functest"

  /// Steps that change the scenario `s`, each with what its installers are then.
  private static func after(_ verb: String, _ item: String, _ body: String, _ installers: String) -> [Step] {
    [
      Step(verb, path + "/s/" + item, sending: body, "200 OK", ""),
      Step(
        "GET", path + "/s", "200 OK", #"{"_id": "…", "name": "s", "creation_date": "…", "installers": \#(installers)}"#),
    ]
  }

  @Test func everyPart() async throws {
    let (place, version) = (Self.place, "?installer=apex&version=master")
    func shown(_ project: String, owner: String = "null") -> String {
      #"[{"installer": "apex", "versions": [{"owner": \#(owner), "version": "master", "projects": [\#(project)]}]}]"#
    }
    func functest(_ customs: String, scores: String = "", trust: String = "") -> String {
      #"{"project": "functest", "customs": [\#(customs)], "scores": [\#(scores)], "trust_indicators": [\#(trust)]}"#
    }
    let (one, two) = (#"{"date": "d1", "score": "12/14"}"#, #"{"date": null, "score": "0"}"#)
    let (gold, silver) = (#"{"date": "d", "status": "gold"}"#, #"{"date": null, "status": "silver"}"#)
    let bare = #"{"installer": "joid", "versions": []}"#
    try await run(
      [Step("POST", Self.path, sending: #"{"name": "s"}"#, "200 OK")]
        + Self.after("POST", "installers", #"[{"installer": "apex"}]"#, #"[{"installer": "apex", "versions": []}]"#)
        + Self.after("POST", "versions?installer=apex", #"[{"version": "master"}]"#, shown(""))
        + Self.after("POST", "projects" + version, #"[{"project": "functest"}]"#, shown(functest("")))
        + Self.after("POST", "customs" + place, #"["b", "a", "b"]"#, shown(functest(#""b", "a""#)))
        + Self.after("POST", "customs" + place, #"["a", "c"]"#, shown(functest(#""b", "a", "c""#)))
        + Self.after("DELETE", "customs" + place, #"["a", "zz"]"#, shown(functest(#""b", "c""#)))
        + Self.after("PUT", "customs" + place, #"["x"]"#, shown(functest(#""x""#)))
        + Self.after("POST", "scores" + place, one, shown(functest(#""x""#, scores: one)))
        + Self.after("POST", "scores" + place, #"{"colour": 1}"#, shown(functest(#""x""#, scores: one + ", " + two)))
        + Self.after("PUT", "projects" + version, #"[{"project": "functest"}]"#, shown(functest("")))
        + Self.after("POST", "trust_indicators" + place, gold, shown(functest("", trust: gold)))
        + Self.after("POST", "trust_indicators" + place, "{}", shown(functest("", trust: gold + ", " + silver)))
        + Self.after("DELETE", "projects" + version, #"["functest"]"#, shown(""))
        + Self.after("PUT", "owner" + version, #"{"owner": "you"}"#, shown("", owner: #""you""#))
        + Self.after("PUT", "owner" + version, "{}", shown(""))
        + Self.after("PUT", "versions?installer=apex", "[]", #"[{"installer": "apex", "versions": []}]"#)
        + Self.after("PUT", "installers", "[\(bare)]", "[\(bare)]")
        + Self.after("DELETE", "installers", #"["joid"]"#, "[]"))
  }

  @Test func refusals() async throws {
    let place = Self.place
    func path(_ item: String) -> String { Self.path + "/os-nosdn/" + item }
    let absent = "404 Could Not Found scenarios [{'installers': {'$elemMatch': {'installer': u'nope'"
    try await run([
      Step("POST", Self.path, sending: Self.whole, "200 OK"),
      Step("POST", path("installers"), "400 No Body"),
      Step("POST", path("installers"), sending: "{}", "400 Bad Format [Expecting a list]"),
      Step("POST", path("installers"), sending: "[", "400 Bad Format [Expecting value: line 1 column 2 (char 1)]"),
      Step(
        "POST", path("installers"), sending: #"[{"installer": "apex"}]"#, "409 installers [[u'apex']] Already Exists"),
      Step(
        "POST", path("installers"), sending: #"[{"installer": "new", "x": 1}, {"installer": "apex"}]"#,
        "400 Bad Format [['ScenarioInstaller has no attribute x']]"),
      Step(
        "POST", path("installers"), sending: #"[{"installer": "b", "versions": [{"version": "c", "y": 1}]}, 5]"#,
        "400 Bad Format [['ScenarioVersion has no attribute y', 'ScenarioInstaller must be an object']]"),
      Step(
        "PUT", path("installers"), sending: #"[{"installer": "a"}, {"installer": "a"}, {"installer": "a"}]"#,
        "409 installers [[u'a', u'a']] Already Exists"),
      Step("DELETE", path("installers"), "400 No Body"),
      Step(
        "DELETE", path("installers"), sending: "[1]",
        "400 Bad Format [['an element must be a string that is not empty']]"),
      Step("GET", path("installers"), "405 Method Not Allowed"),
      Step("POST", path("versions"), sending: "[]", "400 Bad Request"),
      Step("POST", path("versions?installer=nope"), sending: "[]", absent + "}}, 'name': u'os-nosdn'}]"),
      Step(
        "POST", path("versions?installer=apex"), sending: #"[{"version": "master"}]"#,
        "409 versions [[u'master']] Already Exists"),
      Step("POST", path("projects?installer=apex"), sending: "[]", "400 Bad Request"),
      Step(
        "POST", path("projects?installer=nope&version=v"), sending: "[]",
        absent + ", 'versions.version': u'v'}}, 'name': u'os-nosdn'}]"),
      Step(
        "POST", path("projects?installer=apex&version=master"), sending: #"[{"project": "functest", "score": null}]"#,
        "400 Bad Format [['ScenarioProject has no attribute score']]"),
      Step(
        "POST", path("projects?installer=apex&version=master"), sending: #"[{"project": "functest"}]"#,
        "409 projects [[u'functest']] Already Exists"),
      Step("POST", path("scores?installer=apex&version=master"), sending: "{}", "400 Bad Request"),
      Step("POST", path("scores" + place), "400 No Body"),
      Step("POST", path("scores" + place), sending: "[]", "400 Bad Format [Expecting an object]"),
      Step(
        "POST", path("scores?installer=nope&version=v&project=p"), sending: "[]",
        absent + ", 'versions.projects.project': u'p', 'versions.version': u'v'}}, 'name': u'os-nosdn'}]"),
      Step("PUT", path("scores" + place), sending: "{}", "405 Method Not Allowed"),
      Step("POST", path("trust_indicators" + place), sending: "5", "400 Bad Format [Expecting an object]"),
      Step("POST", path("customs" + place), sending: #"{"a": 1}"#, "400 Bad Format [Expecting a list]"),
      Step(
        "POST", path("customs" + place), sending: #"["", 5]"#,
        "400 Bad Format [['an element must be a string that is not empty', "
          + "'an element must be a string that is not empty']]"),
      Step("POST", path("owner?installer=apex&version=master"), sending: "{}", "405 Method Not Allowed"),
      Step("PUT", path("owner?installer=apex"), sending: "{}", "400 Bad Request"),
      Step("PUT", path("owner?installer=apex&version=master"), sending: "[]", "400 Bad Format [Expecting an object]"),
      Step("POST", path("nothing"), sending: "[]", "404 Not Found"),
      Step("POST", path("scores/x"), sending: "[]", "404 Not Found"),
      Step(
        "POST", Self.path + "/nope/installers", sending: "[]", "404 Could Not Found scenarios [{'name': u'nope'}]"),
      // None of this has changed anything.
      Step("GET", Self.path + "/os-nosdn", "200 OK", #"{"_id": "…", …"installers": \#(Self.installers)}"#),
    ])
  }

  @Test func noneOfManyEditsAtATimeIsLost() async throws {
    try await TestServer.run { server in
      _ = try await server.call("POST", Self.path, json: Self.whole)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for client in 0..<8 {
          group.addTask {
            let connection = try server.connect()
            for number in 0..<25 {
              let body = #"{"date": "\#(client).\#(number)", "score": "1/2"}"#
              let request = TestServer.request("POST", Self.path + "/os-nosdn/scores" + Self.place, json: body)
              #expect(try await connection.exchange(request).statusLine == "HTTP/1.1 200 OK")
            }
          }
        }
        try await group.waitForAll()
      }
      let text = try await server.call("GET", Self.path + "/os-nosdn").text
      #expect(text.ranges(of: #""score": "1/2""#).count == 200)
    }
  }
}
