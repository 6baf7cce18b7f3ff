extension TestAPI {
  /// A result of a deployment.
  public struct DeployResult: Hashable, Sendable {
    /// What a client reports.
    public struct Report: Hashable, Sendable {
      /// Where it was deployed.
      public var pod: String
      /// What is said besides; what is absent is null.
      public var fields: [Field: SentValue]
      /// Anything, as JSON text.
      public var details: String

      /// Reads the body of a POST.
      /// - Throws: `400 <field> Missing`, in the order pod, installer, scenario; then `400 criteria must be in [...]`.
      public init(_ body: Body) throws(Refusal) {
        pod = try body.name("pod_name")
        _ = try body.required("installer")
        _ = try body.required("scenario")
        fields = [:]
        for field in Field.allCases { fields[field] = body[field.rawValue] }
        details = body["details"].json
        try TestAPI.check(criteria: body["criteria"])
      }

      /// Makes a report.
      public init(pod: String, fields: [Field: SentValue], details: String) {
        self.pod = pod
        self.fields = fields
        self.details = details
      }

      /// What a field says.
      public subscript(field: Field) -> SentValue { fields[field] ?? .null }

      /// The whole number that a build id is or says; nil if it does neither.
      public func buildNumber(_ field: Field) -> Int? {
        switch self[field] {
        case .null: nil
        case .string(let text): Int(text)
        case .other(let json): Int(json) ?? PythonFloat.parse(json).flatMap { Int(exactly: $0) }
        }
      }
    }

    /// What a report says beside pod and details.
    public enum Field: String, CaseIterable, Sendable {
      case installer, version
      case jobName = "job_name"
      case buildID = "build_id"
      case scenario
      case upstreamJobName = "upstream_job_name"
      case upstreamBuildID = "upstream_build_id"
      case criteria
      case startDate = "start_date"
      case stopDate = "stop_date"
    }

    /// 24 hexadecimal digits.
    public var id: String
    /// What was reported.
    public var report: Report

    /// Makes a result.
    public init(id: String, report: Report) {
      self.id = id
      self.report = report
    }
  }
}

extension TestAPI.DeployResult: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "deployresults" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "pod_name")
    writer.append(string: report.pod)
    for field in Field.allCases {
      writer.append(anyKey: field.rawValue)
      writer.append(report[field])
    }
    writer.append(key: "details")
    writer.append(json: report.details)
    writer.append(json: "}")
  }
}
