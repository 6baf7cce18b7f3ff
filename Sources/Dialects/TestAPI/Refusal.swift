extension TestAPI {
  /// A request that is answered with an error. The message is the reason phrase of the status line and stands in the
  /// page that is the body.
  public struct Refusal: Error, Hashable, Sendable {
    /// The status code, 4xx or 5xx.
    public var status: Int
    /// The message, as it is meant; it may hold any character.
    public var message: String

    /// Makes a refusal.
    public init(_ status: Int, _ message: String) {
      self.status = status
      self.message = message
    }

    /// The page that is the body of the answer: HTML, with the message in it escaped.
    public var page: String {
      var safe = ""
      for scalar in message.unicodeScalars {
        switch scalar {
        case "&": safe += "&amp;"
        case "<": safe += "&lt;"
        case ">": safe += "&gt;"
        default: safe.unicodeScalars.append(scalar)
        }
      }
      return "<html><title>\(status): \(safe)</title><body>\(status): \(safe)</body></html>"
    }
  }
}

extension TestAPI.Refusal {
  /// No body, one of another type, or `null`.
  public static let noBody = Self(400, "No Body")
  /// A PUT that changes nothing.
  public static let nothingToUpdate = Self(403, "Nothing to update")
  /// Something still hangs on what is to be deleted or renamed.
  public static let associated = Self(401, "Selected resource is associated with other resources")
  /// The sender may not write for that project.
  public static let notPermitted = Self(401, "You do not have permission to perform this action")
  /// No such path.
  public static let noSuchPath = Self(404, "Not Found")
  /// The path exists, but not with this verb.
  public static let wrongVerb = Self(405, "Method Not Allowed")
  /// The request cannot be understood.
  public static let badRequest = Self(400, "Bad Request")

  /// A required field is absent, null or empty.
  public static func missing(_ field: String) -> Self { Self(400, "\(field) Missing") }
  /// The body is not what it should be.
  public static func badFormat(_ problem: String) -> Self { Self(400, "Bad Format [\(problem)]") }
  /// A criteria that is neither of the two.
  public static let badCriteria = Self(400, "criteria must be in ['PASS', 'FAIL']")
  /// A parameter that is no whole number.
  public static func notAnInteger(_ parameter: String) -> Self { Self(400, "\(parameter) must be int") }
  /// A parameter that is no number.
  public static func notANumber(_ parameter: String) -> Self { Self(400, "\(parameter) must be float") }
  /// Members of a list that are there already.
  public static func conflict(_ list: String, _ names: [String]) -> Self {
    Self(409, "\(list) [[\(names.map(PythonRepr.unicode).joined(separator: ", "))]] Already Exists")
  }
  /// Members of a list that are not what they should be.
  public static func malformed(_ problems: [String]) -> Self {
    badFormat("[\(problems.map(PythonRepr.quoted).joined(separator: ", "))]")
  }
  /// A page behind the last one.
  public static func pageTooLarge(last: Int) -> Self { Self(400, "Request page > total_pages [\(last)]") }
}

extension TestAPI {
  /// What a message names: a row of a table, by the keys it is looked up with.
  public struct Subject: Hashable, Sendable {
    private var table: String
    private var keys: String

    /// A pod.
    public static func pod(_ name: String) -> Self {
      Self(table: "pods", keys: PythonRepr.query([("name", name)]))
    }
    /// A project.
    public static func project(_ name: String) -> Self {
      Self(table: "projects", keys: PythonRepr.query([("name", name)]))
    }
    /// A case of a project.
    public static func testCase(_ name: String, project: String) -> Self {
      Self(table: "testcases", keys: PythonRepr.query([("project_name", project), ("name", name)]))
    }
    /// A result; the one table whose key is shown as a byte string.
    public static func result(_ id: String) -> Self {
      Self(table: "results", keys: "[{'_id': \(PythonRepr.quoted(id))}]")
    }

    /// A result of a deployment.
    public static func deployResult(_ id: String) -> Self {
      Self(table: "deployresults", keys: "[{'_id': \(PythonRepr.quoted(id))}]")
    }
    /// A scenario.
    public static func scenario(_ name: String) -> Self {
      Self(table: "scenarios", keys: PythonRepr.query([("name", name)]))
    }
    /// A place in a scenario.
    public static func scenario(_ place: ScenarioPlace) -> Self { Self(table: "scenarios", keys: place.query) }

    /// It is not there: 404 where the path names it.
    public var absent: Refusal { Refusal(404, "Could Not Found \(table) \(keys)") }
    /// It is not there: 403 where the body names it.
    public var unknown: Refusal { Refusal(403, "Could Not Found \(table) \(keys)") }
    /// It is there already.
    public var exists: Refusal { Refusal(403, "\(table) \(keys) Already Exists") }
  }
}
