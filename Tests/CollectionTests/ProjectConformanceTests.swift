import Testing

@Suite struct ProjectConformanceTests {
  @Test func projects() async throws {
    let path = "/api/v1/projects"
    try await run([
      Step("GET", path, "200 OK", #"{"projects": []}"#),
      Step("POST", path, "400 No Body"),
      Step(
        "POST", path, sending: "{",
        "400 Bad Format [Expecting property name enclosed in double quotes: line 1 column 2 (char 1)]"),
      Step("POST", path, sending: #"{"description": "x"}"#, "400 name Missing"),
      Step(
        "POST", path, sending: #"{"name": "functest", "description": "2023.1"}"#, "200 OK",
        #"{"href": "http://collector.test:8000/api/v1/projects/functest"}"#),
      Step("POST", path, sending: #"{"name": "functest"}"#, "403 projects [{'name': u'functest'}] Already Exists"),
      Step("POST", path, sending: #"{"name": "other"}"#, "200 OK"),
      Step(
        "GET", path + "/functest", "200 OK",
        #"{"_id": "…", "name": "functest", "description": "2023.1", "creator": "", "creation_date": "…"}"#),
      Step("GET", path + "/other", "200 OK", #"{"_id": "…", "name": "other", "description": null, …}"#),
      Step("GET", path + "?name=FUNC", "200 OK", #"{"projects": [{"_id": "…", "name": "functest", …}]}"#),
      Step("GET", path + "/nope", "404 Could Not Found projects [{'name': u'nope'}]"),
      Step("PUT", path + "/functest", "400 No Body"),
      Step("PUT", path + "/nope", sending: #"{"name": "x"}"#, "404 Could Not Found projects [{'name': u'nope'}]"),
      Step("PUT", path + "/functest", sending: #"{"name": "functest"}"#, "403 Nothing to update"),
      Step("PUT", path + "/functest", sending: #"{"description": null, "_id": "x"}"#, "403 Nothing to update"),
      Step(
        "PUT", path + "/functest", sending: #"{"name": "other"}"#, "403 projects [{'name': u'other'}] Already Exists"),
      Step("PUT", path + "/functest", sending: #"{"name": ""}"#, "400 name Missing"),
      Step(
        "PUT", path + "/functest", sending: #"{"colour": 1}"#,
        "400 Bad Format [['ProjectUpdateRequest has no attribute colour']]"),
      Step(
        "PUT", path + "/functest", sending: #"{"name": "new", "description": "d"}"#, "200 OK",
        #"{"_id": "…", "name": "new", "description": "d", "creator": "", "creation_date": "…"}"#),
      Step("GET", path + "/functest", "404 Could Not Found projects [{'name': u'functest'}]"),
      Step("POST", path + "/new/cases", sending: #"{"name": "vping"}"#, "200 OK"),
      Step("DELETE", path + "/new", "401 Selected resource is associated with other resources"),
      Step(
        "PUT", path + "/new", sending: #"{"name": "x"}"#, "401 Selected resource is associated with other resources"),
      Step("DELETE", path + "/new/cases/vping", "200 OK", ""),
      Step("DELETE", path + "/new", "200 OK", ""),
      Step("DELETE", path + "/new", "404 Could Not Found projects [{'name': u'new'}]"),
      Step("PUT", path, "405 Method Not Allowed"),
    ])
  }

  @Test func cases() async throws {
    let path = "/api/v1/projects/functest/cases"
    let absent = "Could Not Found testcases [{'project_name': u'functest', 'name': u'nope'}]"
    try await run([
      Step("POST", path, sending: #"{"name": "vping"}"#, "403 Could Not Found projects [{'name': u'functest'}]"),
      Step("POST", "/api/v1/projects", sending: #"{"name": "functest"}"#, "200 OK"),
      Step("GET", path, "200 OK", #"{"testcases": []}"#),
      Step("POST", path, "400 No Body"),
      Step("POST", path, sending: "{}", "400 name Missing"),
      Step(
        "POST", path,
        sending: #"{"name": "vping", "url": "u", "blocking": true, "version": "1e5", "project_name": "ignored"}"#,
        "200 OK", #"{"href": "http://collector.test:8000/api/v1/projects/functest/cases/vping"}"#),
      Step(
        "POST", path, sending: #"{"name": "vping"}"#,
        "403 testcases [{'project_name': u'functest', 'name': u'vping'}] Already Exists"),
      Step("POST", path, sending: #"{"name": "other", "trust": "Gold"}"#, "200 OK"),
      Step(
        "GET", path + "/vping", "200 OK",
        #"{"_id": "…", "project_name": "functest", "name": "vping", "url": "u", "description": null, "#
          + #""catalog_description": null, "tier": null, "ci_loop": null, "criteria": null, "blocking": true, "#
          + #""dependencies": null, "run": null, "domains": null, "tags": null, "version": "1e5", "trust": "Silver", "#
          + #""creation_date": "…"}"#),
      Step("GET", path, "200 OK", #"{"testcases": [{…"name": "vping"…}, {…"name": "other"…"trust": "Gold"…}]}"#),
      Step("GET", path + "/nope", "404 " + absent),
      Step("PUT", path + "/nope", sending: #"{"name": "x"}"#, "404 " + absent),
      Step("PUT", path + "/vping", sending: #"{"tier": null}"#, "403 Nothing to update"),
      Step(
        "PUT", path + "/vping", sending: #"{"name": "other"}"#,
        "403 testcases [{'project_name': u'functest', 'name': u'other'}] Already Exists"),
      Step(
        "PUT", path + "/vping", sending: #"{"pod": 1}"#,
        "400 Bad Format [['TestcaseUpdateRequest has no attribute pod']]"),
      Step(
        "PUT", path + "/vping", sending: #"{"name": "vping2", "tier": "smoke"}"#, "200 OK",
        #"{"_id": "…", "project_name": "functest", "name": "vping2", "url": "u", …"tier": "smoke", …}"#),
      Step("DELETE", path + "/nope", "404 " + absent),
      Step("DELETE", path + "/other", "200 OK", ""),
      Step("DELETE", path, "405 Method Not Allowed"),
      Step("POST", path + "/vping2", sending: "{}", "405 Method Not Allowed"),
      Step("GET", "/api/v1/projects/nope/cases", "200 OK", #"{"testcases": []}"#),
    ])
  }

  @Test func otherPaths() async throws {
    try await run([
      Step("GET", "/healthz", "200 OK", #"{"status": "ok"}"#),
      Step("POST", "/healthz", sending: "{}", "405 Method Not Allowed"),
      Step("GET", "/versions", "200 OK", #"{"versions": [{"version": "v1.0", "description": "basics"}]}"#),
      Step("POST", "/versions", sending: "{}", "405 Method Not Allowed"),
      Step("GET", "/api/v1/pods/", "404 Not Found"),
      Step("GET", "/api/v1/projects/", "404 Not Found"),
      Step("GET", "/api/v1/results/", "404 Not Found"),
      Step("GET", "/versions/", "404 Not Found"),
      Step("GET", "/api/v1", "404 Not Found"),
      Step("GET", "/api/v2/pods", "404 Not Found"),
      Step("POST", "/", sending: "{}", "405 Method Not Allowed"),
      Step("GET", "/ui/", "404 Not Found"),
      Step("GET", "/api/v1/nothing", "404 Not Found"),
      Step("OPTIONS", "/api/v1/pods", "405 Method Not Allowed"),
      Step("HEAD", "/api/v1/pods", "405 Method Not Allowed"),
      Step("PATCH", "/api/v1/results", "405 Method Not Allowed"),
    ])
  }
}
