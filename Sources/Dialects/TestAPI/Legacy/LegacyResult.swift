extension TestAPI.Legacy {
  /// What a client reports: criteria, scenario and the like need not be there, and are kept as they are if they are.
  public struct Report: Hashable, Sendable {
    /// How the client names the pod.
    public enum Pod: Hashable, Sendable {
      /// By name: G1.
      case name(String)
      /// By number: G0. Nil for what no pod can have as its number.
      case number(Int?, sent: String)
    }

    /// The pod.
    public var pod: Pod
    /// All but the pod, whose name in here is empty.
    public var rest: TestAPI.CaseResult.Report
    /// What it says in words.
    public var description: SentValue

    /// Reads the body of a POST.
    /// - Throws: 400 without words if project, case or pod are missing, in this order.
    public init(_ body: TestAPI.Body) throws(TestAPI.Refusal) {
      let project = try name("project_name", in: body)
      let testCase = try name("case_name", in: body)
      if body["pod_name"] == .null, body["pod_id"] != .null {
        pod = Self.numbered(body["pod_id"])
      } else {
        pod = .name(try name("pod_name", in: body))
      }
      rest = TestAPI.CaseResult.Report(
        pod: "", project: project, testCase: testCase, installer: body["installer"], version: body["version"],
        scenario: body["scenario"], criteria: body["criteria"], buildTag: body["build_tag"],
        startDate: body["start_date"], stopDate: body["stop_date"], details: body["details"].json)
      description = body["description"]
    }

    /// A number, also one in quotes; `1.0` is the pod `1`, as it was in the original's database.
    private static func numbered(_ value: SentValue) -> Pod {
      let text = value.string ?? value.json
      return .number(Int(text) ?? Double(text).flatMap { Int(exactly: $0) }, sent: text)
    }
  }

  /// A result.
  public struct CaseResult: Hashable, Sendable {
    /// 24 hexadecimal digits.
    public var id: String
    /// When it arrived, in server time.
    public var creationDate: String
    /// The pod's number; nil if it has none.
    public var podNumber: Int?
    /// What was reported.
    public var report: TestAPI.CaseResult.Report
    /// What it says in words.
    public var description: SentValue
    /// Whether it is shown with the keys of G0 only.
    public var isFirstGeneration = false

    /// Makes a result.
    public init(
      id: String, creationDate: String, podNumber: Int?, report: TestAPI.CaseResult.Report, description: SentValue
    ) {
      self.id = id
      self.creationDate = creationDate
      self.podNumber = podNumber
      self.report = report
      self.description = description
    }
  }

  /// Ends a list of results.
  public static func closeResults(total: Int, _ writer: inout JSONWriter) {
    writer.append(json: "], \"meta\": {\"total\": \(total)}}")
  }
}

extension TestAPI.Legacy.CaseResult: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "test_results" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "case_name")
    writer.append(string: report.testCase)
    writer.append(key: "project_name")
    writer.append(string: report.project)
    writer.append(key: "pod_id")
    writer.append(json: podNumber.map(String.init) ?? "null")
    if !isFirstGeneration {
      writer.append(key: "pod_name")
      writer.append(string: report.pod)
      writer.append(key: "version")
      writer.append(report.version)
      writer.append(key: "installer")
      writer.append(report.installer)
    }
    writer.append(key: "description")
    writer.append(description)
    writer.append(key: "creation_date")
    writer.append(string: creationDate)
    writer.append(key: "details")
    writer.append(json: report.details)
    writer.append(json: "}")
  }
}
