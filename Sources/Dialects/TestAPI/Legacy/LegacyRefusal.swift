extension TestAPI.Legacy {
  /// What is in the way of a call: the messages are these generations' own, trailing blanks included.
  public enum Obstacle: Hashable, Sendable {
    /// A result names a pod, by name or number, that is not there.
    case podUnknown(String)
    /// A result names a project that is not there.
    case projectUnknown(String)
    /// A result names a case that is not there.
    case caseUnknown(String)
    /// A case is added to a project that is not there.
    case noProjectForCase(String)
    /// There is such a pod.
    case podExists(String)
    /// There is such a project.
    case projectExists(String)
    /// There is such a case.
    case caseExists(String, project: String)
    /// A project that is to be changed is not there.
    case noProject(String)
    /// A case that is to be changed is not there.
    case noCase(String, project: String)
    /// A project that is to be removed is not there.
    case noProjectToRemove(String)
    /// A case that is to be removed is not there.
    case noCaseToRemove(String, project: String)
    /// Something names what is to be removed or renamed. The originals removed it all the same and left results of
    /// nothing behind.
    case associated

    /// The answer.
    public var refusal: TestAPI.Refusal {
      switch self {
      case .podUnknown(let pod): TestAPI.Refusal(404, "Could not find POD [\(pod)] ")
      case .projectUnknown(let project): TestAPI.Refusal(404, "Could not find project [\(project)] ")
      case .caseUnknown(let name): TestAPI.Refusal(404, "Could not find case [\(name)] ")
      case .noProjectForCase(let project): TestAPI.Refusal(403, "Could not find project \(project)")
      case .podExists(let pod): TestAPI.Refusal(403, "\(pod) already exists as a pod")
      case .projectExists(let project): TestAPI.Refusal(403, "\(project) already exists as a project")
      case .caseExists(let name, let project):
        TestAPI.Refusal(403, "\(name) already exists as a case in project \(project)")
      case .noProject(let project): TestAPI.Refusal(404, "\(project) could not be found")
      case .noCase(let name, let project):
        TestAPI.Refusal(404, "\(name) could not be found as a \(project) case to be updated")
      case .noProjectToRemove(let project):
        TestAPI.Refusal(404, "\(project) could not be found as a project to be deleted")
      case .noCaseToRemove(let name, let project):
        TestAPI.Refusal(404, "\(project)/\(name) could not be found as a case to be deleted")
      case .associated: TestAPI.Refusal(403, TestAPI.Refusal.associated.message)
      }
    }
  }
}
