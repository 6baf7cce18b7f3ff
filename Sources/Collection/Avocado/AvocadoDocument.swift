import Dialects

extension AvocadoDialect {
  /// What is served, in OpenAPI's words.
  static let document = OpenAPI.Document(
    name: "Avocado",
    paths: [
      .one("/", "showRoot", "Where the lists are", "Root"),
      .one("/version/", "showVersion", "The version of the API", "Version"),
      .statuses("job"), .status("job"), .statuses("test"), .status("test"),
      .list("/softwarecomponentkinds/", "SoftwareComponentKind", new: "ComponentName"),
      .row("/softwarecomponentkinds/{key}/", "SoftwareComponentKind", new: "ComponentName", [.key]),
      .list("/softwarecomponentarches/", "SoftwareComponentArch", new: "ComponentName"),
      .row("/softwarecomponentarches/{key}/", "SoftwareComponentArch", new: "ComponentName", [.key]),
      .list("/softwarecomponents/", "SoftwareComponent", new: "NewSoftwareComponent"),
      .row("/softwarecomponents/{key}/", "SoftwareComponent", new: "NewSoftwareComponent", [.key]),
      .list("/linuxdistros/", "LinuxDistro", new: "NewLinuxDistro"),
      .row("/linuxdistros/{key}/", "LinuxDistro", new: "NewLinuxDistro", [.key]),
      .list("/testenvironments/", "TestEnvironment", new: "NewTestEnvironment"),
      .row("/testenvironments/{key}/", "TestEnvironment", new: "NewTestEnvironment", [.key]),
      .list("/jobs/", "Job", new: "NewJob", filters: [.ordering]),
      .one("/jobs/summary/", "showJobSummary", "How the jobs stand", "Summary"),
      .row("/jobs/{job}/", "Job", new: "NewJob", [.job]),
      .one("/jobs/{job}/passrate/", "showPassRate", "Percent of the tests that passed", "PassRate", [.job]),
      .one("/jobs/{job}/testcount/", "showTestCount", "How many tests a job has", "TestCount", [.job]),
      .shortcut("/jobs/{job}/activity/", "addActivity", "NewJobActivityRow"),
      .shortcut("/jobs/{job}/test_activity/", "addTestActivity", "StatedTestActivity"),
      .inner("/jobs/{job}/activities/", "JobActivity", [.job]),
      .row("/jobs/{job}/activities/{key}/", "JobActivity", new: "NewJobActivityRow", [.job, .key]),
      .inner("/jobs/{job}/tests/", "Test", [.job], filters: [.ordering]),
      .one("/jobs/{job}/tests/summary/", "showTestSummary", "How the tests of a job ended", "Summary", [.job]),
      .row("/jobs/{job}/tests/{key}/", "Test", new: "TestChange", [.job, .key]),
      .inner("/jobs/{job}/tests/{test}/activities/", "TestActivity", [.job, .test]),
      .row(
        "/jobs/{job}/tests/{test}/activities/{key}/", "TestActivity", new: "StatedTestActivity", [.job, .test, .key]),
      .inner("/jobs/{job}/tests/{test}/data/", "TestData", [.job, .test]),
      .row("/jobs/{job}/tests/{test}/data/{key}/", "TestData", new: "TestDataChange", [.job, .test, .key]),
    ], schemas: schemas)

  var document: OpenAPI.Document { Self.document }
}

extension OpenAPI.Parameter {
  fileprivate static let job = OpenAPI.Parameter(
    name: "job", place: .path, schema: .string(OpenAPI.Text(pattern: "^[0-9A-Za-z_-]{1,40}$")),
    about: "A job's id, its number, or the beginning of its id")
  fileprivate static let test = OpenAPI.Parameter(
    name: "test", place: .path, schema: .integer(from: 1, to: .max), about: "A test's number")
  fileprivate static let key = OpenAPI.Parameter(
    name: "key", place: .path, schema: .integer(from: 1, to: .max), about: "A row's number")
  fileprivate static let page = OpenAPI.Parameter(
    name: "page", place: .query, schema: .string(OpenAPI.Text(pattern: "^([1-9][0-9]{0,8}|last)$")),
    about: "The page, from 1, or `last`")
  fileprivate static let ordering = OpenAPI.Parameter(
    name: "ordering", place: .query, schema: .string(),
    about: "Fields with commas between them, `-` before one for the largest first; what is no field is ignored")
  fileprivate static let requestKey = OpenAPI.Parameter(
    name: "Idempotency-Key", place: .header, schema: .string(OpenAPI.Text(pattern: "^[A-Za-z0-9._-]{1,255}$")),
    about: "The same key again is answered as the first time, and adds nothing")
}

extension OpenAPI.Response {
  fileprivate static let faults = json(400, "What is wrong, of each field or as a detail", .object([], others: true))
  fileprivate static func detail(_ status: Int, _ about: String) -> OpenAPI.Response {
    json(status, about, .reference("Detail"))
  }
  fileprivate static let denied = detail(403, "Not for you")
  fileprivate static let absent = detail(404, "Not there")
  fileprivate static let notAcceptable = detail(406, "Only JSON is answered")
  fileprivate static let conflict = detail(
    409, "The beginning of several ids, a row that is there, or one that is named")
  fileprivate static let unsupported = detail(415, "No type that is read")
  private static let always = [
    denied, absent, notAcceptable, conflict, detail(414, "Path and query are too long"),
    detail(503, "The store failed: nothing was kept, send again"),
  ]
  fileprivate static let reading = [detail(400, "Path or query cannot be read")] + always
  fileprivate static let writing = [faults] + always + [detail(413, "The body is too large"), unsupported]
}

extension OpenAPI.Path {
  /// Something that can only be read.
  fileprivate static func one(
    _ path: String, _ id: String, _ summary: String, _ schema: String, _ parameters: [OpenAPI.Parameter] = []
  ) -> Self {
    let shown = OpenAPI.Response.json(200, summary, .reference(schema))
    let operation = OpenAPI.Operation(
      verb: "GET", id: id, summary: summary, parameters: parameters, responses: [shown] + OpenAPI.Response.reading)
    return Self(path: path, operations: [operation])
  }

  fileprivate static func statuses(_ kind: String) -> Self {
    Self(path: "/\(kind)statuses/", operations: [pages("\(kind)Statuses", "Status", [])])
  }

  fileprivate static func status(_ kind: String) -> Self {
    one("/\(kind)statuses/{key}/", "show_\(kind)Status", "A status", "Status", [.key])
  }

  private static func pages(_ name: String, _ schema: String, _ parameters: [OpenAPI.Parameter]) -> OpenAPI.Operation {
    let page = OpenAPI.Response.json(200, "A page", .page(of: schema))
    return OpenAPI.Operation(
      verb: "GET", id: "list_\(name)", summary: "A page of the list", parameters: parameters + [.page],
      responses: [page] + OpenAPI.Response.reading)
  }

  /// A list whose POST answers with the new row.
  fileprivate static func list(
    _ path: String, _ name: String, new: String, filters: [OpenAPI.Parameter] = []
  ) -> Self {
    let made = OpenAPI.Response.json(201, "The new row", .reference(name))
    let adding = OpenAPI.Operation(
      verb: "POST", id: "add_\(name)", summary: "Adds a row", parameters: [.requestKey], body: .reference(new),
      responses: [made] + OpenAPI.Response.writing)
    return Self(path: path, operations: [pages(name, name, filters), adding])
  }

  /// A list inside a job, whose POST answers only that something was added.
  fileprivate static func inner(
    _ path: String, _ name: String, _ parameters: [OpenAPI.Parameter], filters: [OpenAPI.Parameter] = []
  ) -> Self {
    let adding = adding("add_\(name)", "New\(name)", parameters)
    return Self(path: path, operations: [pages(name, name, parameters + filters), adding])
  }

  /// A POST whose body and not whose path says what it is about.
  fileprivate static func shortcut(_ path: String, _ id: String, _ new: String) -> Self {
    Self(path: path, operations: [adding(id, new, [.job])])
  }

  private static func adding(_ id: String, _ new: String, _ parameters: [OpenAPI.Parameter]) -> OpenAPI.Operation {
    OpenAPI.Operation(
      verb: "POST", id: id, summary: "Adds a row", parameters: parameters + [.requestKey], body: .reference(new),
      responses: [.json(200, "It was added", .reference("Added"))] + OpenAPI.Response.writing)
  }

  /// One row.
  fileprivate static func row(_ path: String, _ name: String, new: String, _ parameters: [OpenAPI.Parameter]) -> Self {
    let shown = OpenAPI.Response.json(200, "The row", .reference(name))
    func writing(_ verb: String, _ id: String, _ body: String) -> OpenAPI.Operation {
      OpenAPI.Operation(
        verb: verb, id: id, summary: "Changes the row", parameters: parameters, body: .reference(body),
        needsBody: verb == "PUT", responses: [shown] + OpenAPI.Response.writing)
    }
    return Self(
      path: path,
      operations: [
        OpenAPI.Operation(
          verb: "GET", id: "show_\(name)", summary: "The row", parameters: parameters,
          responses: [shown] + OpenAPI.Response.reading), writing("PUT", "put_\(name)", new),
        writing("PATCH", "patch_\(name)", new + "Patch"),
        OpenAPI.Operation(
          verb: "DELETE", id: "remove_\(name)", summary: "Removes the row", parameters: parameters,
          responses: [.empty(204, "It is gone")] + OpenAPI.Response.writing),
      ])
  }
}

extension OpenAPI.Schema {
  /// A page of rows.
  fileprivate static func page(of schema: String) -> OpenAPI.Schema {
    .object([
      .required("count", .integer(from: 0)), .required("next", .nullable(.string())),
      .required("previous", .nullable(.string())),
      .required("results", .array(of: .reference(schema))),
    ])
  }
}
