import Dialects

extension AvocadoDialect {
  /// The schemas of what is sent and answered.
  static let schemas: [(name: String, schema: OpenAPI.Schema)] =
    Schemas.answered + Schemas.added + Schemas.sent + Schemas.sent.map { ($0.name + "Patch", $0.schema.partial) }
}

private enum Schemas {
  typealias Named = (name: String, schema: OpenAPI.Schema)
  typealias Property = OpenAPI.Property

  private static let text = OpenAPI.Schema.string()
  private static let time = OpenAPI.Schema.string(OpenAPI.Text(format: "date-time"))
  private static let jobStatus = names(Avocado.JobStatus.self)
  private static let testStatus = names(Avocado.TestStatus.self)

  private static func names<Kind: Avocado.Status>(_ kind: Kind.Type) -> OpenAPI.Schema {
    .string(OpenAPI.Text(values: kind.allCases.map(\.name)))
  }

  /// A text without NUL.
  private static func text(_ from: Int, _ limit: Int) -> OpenAPI.Schema {
    .string(OpenAPI.Text(minLength: from, maxLength: limit, pattern: #"^[^\u0000]*$"#))
  }

  /// Days that every month has; others are read too where they are in the calendar.
  private static let sentTime = OpenAPI.Schema.string(
    OpenAPI.Text(
      pattern: "^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?$"))

  private static func row(_ fields: [(String, OpenAPI.Schema)]) -> OpenAPI.Schema {
    .object(fields.map { Property.required($0.0, $0.1) })
  }

  static let answered: [Named] = [
    ("Detail", row([("detail", text)])), ("Added", row([("status", text)])), ("Version", row([("version", text)])),
    (
      "Root",
      row(
        [
          "jobstatuses", "teststatuses", "softwarecomponentkinds", "softwarecomponentarches", "softwarecomponents",
          "linuxdistros", "testenvironments", "jobs",
        ].map { ($0, text) })
    ),
    ("Status", row([("name", text), ("description", text)])),
    (
      "Summary",
      row([("passed", .integer(from: 0)), ("failed", .integer(from: 0)), ("other", .integer(from: 0))])
    ),
    ("PassRate", row([("passrate", .number)])), ("TestCount", row([("testcount", .integer(from: 0))])),
    (
      "Job",
      row([
        ("id", text), ("description", .nullable(text)), ("time", time), ("elapsed_time", .number),
        ("status", jobStatus),
        ("activities", .array(of: .reference("JobActivity"))), ("tests", .array(of: .reference("Test"))),
      ])
    ), ("JobActivity", row([("job", text), ("activity", text), ("time", time)])),
    ("Test", row([("id", .integer(from: 1)), ("job", text), ("tag", text), ("status", .nullable(testStatus))])),
    (
      "TestActivity",
      row([("test", .integer(from: 1)), ("activity", text), ("time", time), ("status", .nullable(testStatus))])
    ),
    (
      "TestData",
      row([("test", .integer(from: 1)), ("category", text), ("key", text), ("value", .nullable(text))])
    ), ("SoftwareComponentKind", row([("name", text)])), ("SoftwareComponentArch", row([("name", text)])),
    ("SoftwareComponent", row(Avocado.componentFields.map { ($0, text) })), ("LinuxDistro", distro),
    (
      "TestEnvironment",
      row([("distro", distro), ("installed_software_components", .array(of: .any))])
    ),
  ]

  private static let distro = row(Avocado.distroFields.map { ($0, text) })

  private static func sent(_ fields: [Property]) -> OpenAPI.Schema { .object(fields, others: true) }

  private static let newDistro = sent([
    .required("name", text(1, 255)), .required("version", text(1, 255)), .optional("release", text(0, 255)),
    .required("arch", text(1, 255)),
  ])

  /// What serializers read: of a PATCH nothing is required.
  static let sent: [Named] = [
    (
      "NewJob",
      sent([
        .optional("id", text(1, Avocado.jobIDLimit)), .optional("description", .nullable(text(0, 255))),
        .optional("elapsed_time", .number), .required("status", jobStatus),
      ])
    ),
    (
      "NewJobActivityRow",
      sent([.required("job", text(1, 40)), .required("activity", text(1, 20)), .required("time", sentTime)])
    ),
    (
      "TestChange",
      sent([.required("job", text(1, 40)), .required("tag", text(1, 255)), .required("status", testStatus)])
    ),
    (
      "StatedTestActivity",
      sent([
        .required("test", .integer(from: 1, to: .max)), .required("activity", text(1, 20)),
        .required("time", sentTime), .required("status", testStatus),
      ])
    ),
    (
      "TestDataChange",
      sent([
        .required("test", .integer(from: 1, to: .max)), .optional("category", text(1, 255)),
        .required("key", text(1, 255)),
      ])
    ), ("ComponentName", sent([.required("name", text(1, 20))])),
    ("NewSoftwareComponent", sent(Avocado.componentFields.map { .required($0, text(1, 255)) })),
    ("NewLinuxDistro", newDistro), ("NewTestEnvironment", sent([.required("distro", newDistro)])),
  ]

  /// What the lists inside a job read.
  static let added: [Named] = [
    ("NewJobActivity", sent([.required("activity", text(0, 256)), .required("time", sentTime)])),
    ("NewTest", sent([.required("tag", text(0, 256)), .required("status", testStatus)])),
    (
      "NewTestActivity",
      sent([
        .required("activity", text(0, 256)), .required("time", sentTime), .optional("status", .nullable(testStatus)),
      ])
    ),
    (
      "NewTestData",
      sent([
        .optional("category", text(0, 256)), .required("key", text(0, 256)),
        .required("value", .nullable(.string(OpenAPI.Text(pattern: "^[ -~]*$")))),
      ])
    ),
  ]
}

extension OpenAPI.Schema {
  /// The same object with nothing required.
  fileprivate var partial: OpenAPI.Schema {
    guard case .object(let properties, let others) = self else { return self }
    return .object(properties.map { .optional($0.name, $0.schema) }, others: others)
  }
}
