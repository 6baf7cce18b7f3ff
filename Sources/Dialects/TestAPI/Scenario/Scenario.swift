extension TestAPI {
  /// What a scenario holds beside its name: installers, with versions, with projects. It is kept as one JSON text; to
  /// change it is to read it, edit this value, and write it again.
  public struct Scenario: Hashable, Sendable {
    /// The longest JSON text, in bytes.
    public static let sizeLimit = 1 << 20

    /// The installers.
    var installers: [Installer] = []

    /// Reads the member `installers` of a body; unknown members within are dropped.
    /// - Throws: `400 Bad Format [...]`.
    public init(_ installers: SentValue) throws(Refusal) {
      do {
        self.installers = try Installer.list(installers, of: "installers", strictly: false)
      } catch {
        throw .malformed([error.problem])
      }
    }

    /// Reads what ``json`` made.
    public init(json: String) throws(Refusal) { try self.init(.other(json: json)) }

    /// The installers as JSON text.
    /// - Throws: `413` if it is too long to be kept, `400` if it could not be read again: it is too deep, or a list too
    ///   long.
    public func json() throws(Refusal) -> String {
      var writer = JSONWriter()
      writer.append(json: "[")
      for (index, installer) in installers.enumerated() {
        if index > 0 { writer.appendComma() }
        installer.write(to: &writer)
      }
      writer.append(json: "]")
      guard writer.bytes.count <= Self.sizeLimit else {
        throw Refusal(413, "Scenario of more than \(Self.sizeLimit) bytes")
      }
      let text = writer.text
      guard (try? Scenario(json: text)) == self else {
        throw .badFormat("the scenario is too deep or has too many parts")
      }
      return text
    }

    /// An installer.
    struct Installer: NamedPart {
      static let model = "ScenarioInstaller"
      static let members = ["installer", "versions"]
      static let nameMember = "installer"

      var name: String
      var versions: [Version]

      init(_ members: [String: SentValue], strictly: Bool) throws(PartMalformed) {
        name = try partName(members["installer"], of: "installer")
        versions = try Version.list(members["versions"], of: "versions", strictly: strictly)
      }

      func write(to writer: inout JSONWriter) {
        writer.append(json: "{")
        writer.append(key: "installer", first: true)
        writer.append(string: name)
        Version.write(versions, as: "versions", to: &writer)
        writer.append(json: "}")
      }
    }

    /// A version that an installer deploys.
    struct Version: NamedPart {
      static let model = "ScenarioVersion"
      static let members = ["owner", "version", "projects"]
      static let nameMember = "version"

      var name: String
      var owner: SentValue
      var projects: [Project]

      init(_ members: [String: SentValue], strictly: Bool) throws(PartMalformed) {
        name = try partName(members["version"], of: "version")
        owner = members["owner"] ?? .null
        projects = try Project.list(members["projects"], of: "projects", strictly: strictly)
      }

      func write(to writer: inout JSONWriter) {
        writer.append(json: "{")
        writer.append(key: "owner", first: true)
        writer.append(owner)
        writer.append(key: "version")
        writer.append(string: name)
        Project.write(projects, as: "projects", to: &writer)
        writer.append(json: "}")
      }
    }

    /// A project that tests a version.
    struct Project: NamedPart {
      static let model = "ScenarioProject"
      static let members = ["project", "customs", "scores", "trust_indicators"]
      static let nameMember = "project"

      var name: String
      /// Names of cases.
      var customs: [String]
      var scores: [Score]
      var trust: [Trust]

      init(_ members: [String: SentValue], strictly: Bool) throws(PartMalformed) {
        name = try partName(members["project"], of: "project")
        customs = []
        for custom in try elements(members["customs"], of: "customs") {
          customs.append(try partName(custom, of: "customs"))
        }
        scores = try Score.list(members["scores"], of: "scores", strictly: strictly)
        trust = try Trust.list(members["trust_indicators"], of: "trust_indicators", strictly: strictly)
      }

      func write(to writer: inout JSONWriter) {
        writer.append(json: "{")
        writer.append(key: "project", first: true)
        writer.append(string: name)
        writer.append(key: "customs")
        writer.append(json: "[")
        for (index, custom) in customs.enumerated() {
          if index > 0 { writer.appendComma() }
          writer.append(string: custom)
        }
        writer.append(json: "]")
        Score.write(scores, as: "scores", to: &writer)
        Trust.write(trust, as: "trust_indicators", to: &writer)
        writer.append(json: "}")
      }
    }

    /// What a project scored at a time, as `12/14`.
    struct Score: ScenarioPart {
      static let model = "ScenarioScore"
      static let members = ["date", "score"]

      var date: SentValue
      var score: SentValue

      init(_ members: [String: SentValue], strictly: Bool) throws(PartMalformed) {
        date = members["date"] ?? .null
        score = members["score"] ?? .string("0")
      }

      func write(to writer: inout JSONWriter) {
        writer.append(json: "{")
        writer.append(key: "date", first: true)
        writer.append(date)
        writer.append(key: "score")
        writer.append(score)
        writer.append(json: "}")
      }
    }

    /// How far a project's results are trusted since a time: `silver`, `gold` …
    struct Trust: ScenarioPart {
      static let model = "ScenarioTI"
      static let members = ["date", "status"]

      var date: SentValue
      var status: SentValue

      init(_ members: [String: SentValue], strictly: Bool) throws(PartMalformed) {
        date = members["date"] ?? .null
        status = members["status"] ?? .string("silver")
      }

      func write(to writer: inout JSONWriter) {
        writer.append(json: "{")
        writer.append(key: "date", first: true)
        writer.append(date)
        writer.append(key: "status")
        writer.append(status)
        writer.append(json: "}")
      }
    }
  }
}
