extension TestAPI {
  /// A place in a scenario, as the path and the query of a request name it.
  public struct ScenarioPlace: Hashable, Sendable {
    /// The scenario.
    public var scenario: String
    /// The installer; nil: all of the scenario is meant.
    public var installer: String?
    /// The version of that installer.
    public var version: String?
    /// The project of that version.
    public var project: String?

    /// Makes a place.
    public init(scenario: String, installer: String? = nil, version: String? = nil, project: String? = nil) {
      self.scenario = scenario
      self.installer = installer
      self.version = version
      self.project = project
    }

    /// The place as the original asks its database for it, in the order that Python 2 shows the keys.
    var query: String {
      let name = "'name': \(PythonRepr.unicode(scenario))"
      let keys = [("installer", installer), ("versions.projects.project", project), ("versions.version", version)]
      let match = keys.compactMap { key, value in value.map { "'\(key)': \(PythonRepr.unicode($0))" } }
      guard !match.isEmpty else { return "[{\(name)}]" }
      return "[{'installers': {'$elemMatch': {\(match.joined(separator: ", "))}}, \(name)}]"
    }
  }

  /// What `GET /scenarios` asks for. What is named must be found together: the project under the version under the
  /// installer.
  public struct ScenarioQuery: Hashable, Sendable {
    private var installer: String?
    private var version: String?
    private var project: String?
    private var id: String?
    /// A field was asked for that scenarios do not have.
    private var isEmpty = false

    /// Reads the parameters, of which the last of a name counts; `name` is not among what is read.
    public init(_ parameters: [(name: String, value: String)]) {
      for (name, value) in parameters {
        switch name {
        case "name": continue
        case "installer": installer = value
        case "version": version = value
        case "project": project = value
        case "_id": id = value
        default: isEmpty = true
        }
      }
    }

    /// Whether a scenario is asked for.
    public func matches(id: String, _ scenario: Scenario) -> Bool {
      guard !isEmpty, self.id == nil || self.id == id else { return false }
      return installer == nil && version == nil && project == nil || scenario.installers.contains(where: matches)
    }

    private func matches(_ found: Scenario.Installer) -> Bool {
      guard installer == nil || installer == found.name else { return false }
      return version == nil && project == nil || found.versions.contains(where: matches)
    }

    private func matches(_ found: Scenario.Version) -> Bool {
      guard version == nil || version == found.name else { return false }
      return project == nil || found.projects.contains { $0.name == project }
    }
  }
}
