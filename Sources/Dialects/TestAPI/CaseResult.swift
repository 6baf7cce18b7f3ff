extension TestAPI {
  /// A result of a case.
  public struct CaseResult: Hashable, Sendable {
    /// What a client reports: the eleven keys of the contract.
    public struct Report: Hashable, Sendable {
      /// Where it ran.
      public var pod: String
      /// The case's project.
      public var project: String
      /// What ran.
      public var testCase: String
      /// Who installed the pod.
      public var installer: SentValue
      /// Which version of what was tested.
      public var version: SentValue
      /// Which scenario was deployed.
      public var scenario: SentValue
      /// `PASS` or `FAIL` in any case of letters, or null.
      public var criteria: SentValue
      /// Which build it belongs to.
      public var buildTag: SentValue
      /// When it started, as the client writes it.
      public var startDate: SentValue
      /// When it stopped, as the client writes it.
      public var stopDate: SentValue
      /// Anything, as JSON text.
      public var details: String
      /// How far it is trusted, as clients of the second and third generation say; nil: nobody said.
      public var trust: TrustIndicator?

      /// Reads the body of a POST.
      /// - Parameters:
      ///   - body: the body.
      ///   - mayWrite: whether the sender may write for a project.
      /// - Throws: `400 <field> Missing`, in the order pod, project, case; then `401 You do not have permission …`;
      ///   then `400 criteria must be in [...]`.
      public init(_ body: Body, mayWrite: (_ project: String) -> Bool = { _ in true }) throws(Refusal) {
        pod = try body.name("pod_name")
        project = try body.name("project_name")
        testCase = try body.name("case_name")
        guard mayWrite(project) else { throw .notPermitted }
        installer = body["installer"]
        version = body["version"]
        scenario = body["scenario"]
        criteria = body["criteria"]
        buildTag = body["build_tag"]
        startDate = body["start_date"]
        stopDate = body["stop_date"]
        details = body["details"].json
        try TestAPI.check(criteria: criteria)
        trust = try TrustIndicator(body["trust_indicator"])
      }

      /// Makes a report.
      public init(
        pod: String, project: String, testCase: String, installer: SentValue = .null, version: SentValue = .null,
        scenario: SentValue = .null, criteria: SentValue = .null, buildTag: SentValue = .null,
        startDate: SentValue = .null, stopDate: SentValue = .null, details: String = "null",
        trust: TrustIndicator? = nil
      ) {
        self.pod = pod
        self.project = project
        self.testCase = testCase
        self.installer = installer
        self.version = version
        self.scenario = scenario
        self.criteria = criteria
        self.buildTag = buildTag
        self.startDate = startDate
        self.stopDate = stopDate
        self.details = details
        self.trust = trust
      }
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

extension TestAPI.CaseResult: TestAPI.Record {
  /// The key of a list of these.
  public static var listKey: StaticString { "results" }

  /// Appends the record as JSON.
  public func write(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "_id", first: true)
    writer.append(string: id)
    writer.append(key: "pod_name")
    writer.append(string: report.pod)
    writer.append(key: "project_name")
    writer.append(string: report.project)
    writer.append(key: "case_name")
    writer.append(string: report.testCase)
    writer.append(key: "installer")
    writer.append(report.installer)
    writer.append(key: "version")
    writer.append(report.version)
    writer.append(key: "scenario")
    writer.append(report.scenario)
    writer.append(key: "criteria")
    writer.append(report.criteria)
    writer.append(key: "build_tag")
    writer.append(report.buildTag)
    writer.append(key: "start_date")
    writer.append(report.startDate)
    writer.append(key: "stop_date")
    writer.append(report.stopDate)
    writer.append(key: "details")
    writer.append(json: report.details)
    if let trust = report.trust {
      writer.append(key: "trust_indicator")
      writer.append(trust.sent)
    }
    writer.append(json: "}")
  }
}

extension TestAPI {
  /// Whether a criteria is one of the two in any case of letters, or null.
  /// - Throws: `400 criteria must be in [...]`.
  static func check(criteria: SentValue) throws(Refusal) {
    guard criteria == .null || ["PASS", "FAIL"].contains(criteria.string?.uppercased()) else { throw .badCriteria }
  }
}
