extension TestAPI.Legacy {
  /// The dashboards: data sets of graphs and bars made of results, as functest, yardstick and others showed them in 2015
  /// and 2016.
  public struct Dashboard: Sendable {
    /// Which generation asks.
    public enum Generation: Hashable, Sendable {
      /// Brahmaputra: `/dashboard`, over the time of arrival.
      case first
      /// Colorado: `/dashboard/v1/results`, over the start date.
      case second
    }

    /// The most results that one dashboard is made of: the newest that match. A dashboard is for looking at, and its
    /// cost must not grow with the store.
    public static let resultLimit = 5_000
    /// The most bytes of details that are read for one dashboard; older results than that are left out.
    public static let detailsLimit = 64 << 20

    private enum Content: Sendable {
      case board(BoardFold)
      case status(FunctestStatus)
    }

    private var content: Content

    /// The dashboard of a case; nil if there is none.
    public init?(project: String, testCase: String, _ generation: Generation) {
      if project == "functest", testCase == "status" {
        content = .status(FunctestStatus())
      } else if let board = Self.board(project, testCase, generation) {
        content = .board(BoardFold(board))
      } else {
        return nil
      }
    }

    /// Whether it is made of the results of all of the project's cases.
    public var spansCases: Bool { if case .status = content { true } else { false } }

    /// Adds a result that is older than those before.
    /// - Parameters:
    ///   - testCase: what ran.
    ///   - date: when, as it is shown.
    ///   - details: JSON text of any shape.
    public mutating func add(testCase: String, date: String, details: String) {
      guard let first = details.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return }
      let details = DetailsNode(.other(json: details))
      switch content {
      case .board(var fold):
        fold.add(date: date, details)
        content = .board(fold)
      case .status(var status):
        status.add(testCase, details)
        content = .status(status)
      }
    }

    /// Appends the list that is the answer.
    public func write(to writer: inout JSONWriter) {
      switch content {
      case .board(let fold): fold.write(to: &writer)
      case .status(let status): status.write(to: &writer)
      }
    }

    private static func board(_ project: String, _ testCase: String, _ generation: Generation) -> Board? {
      switch project {
      case "bottlenecks": BottlenecksBoards.board(testCase)
      case "doctor": DoctorBoards.board(testCase)
      case "functest": FunctestBoards.board(testCase, generation)
      case "promise": testCase == "promise" ? PromiseBoard.board : nil
      case "qtip": QTIPBoards.board(testCase)
      case "vsperf": VSPERFBoards.board(testCase)
      case "yardstick": YardstickBoards.board(testCase)
      default: nil
      }
    }
  }
}

extension TestAPI.Legacy.Dashboard {
  /// The projects that have dashboards, sorted.
  public static let projects = ["bottlenecks", "doctor", "functest", "promise", "qtip", "vsperf", "yardstick"]

  /// The answer to `GET /dashboard/v1/projects`.
  public static let projectList = Array(("[" + projects.map { "\"\($0)\"" }.joined(separator: ", ") + "]").utf8)

  /// Why there is no dashboard, in the words of the generation: no project, a project without any, no case, a case without
  /// any. Nil if nothing of that is so.
  public static func obstacle(project: String?, testCase: String?, _ generation: Generation) -> TestAPI.Refusal? {
    switch generation {
    case .first: firstObstacle(project, testCase)
    case .second: secondObstacle(project, testCase)
    }
  }

  private static func firstObstacle(_ project: String?, _ testCase: String?) -> TestAPI.Refusal? {
    guard let project else { return TestAPI.Refusal(404, "error:Project name missing") }
    let notReady = TestAPI.Refusal(404, "error: no dashboard ready data for this project")
    guard projects.contains(project) else { return notReady }
    guard let testCase else { return TestAPI.Refusal(404, "error:Test case missing for project \(project)") }
    return Self(project: project, testCase: testCase, .first) == nil ? notReady : nil
  }

  private static func secondObstacle(_ project: String?, _ testCase: String?) -> TestAPI.Refusal? {
    guard let project else { return TestAPI.Refusal(404, "Project name missing") }
    guard projects.contains(project) else { return TestAPI.Refusal(404, "Project [\(project)] not dashboard ready") }
    guard let testCase else { return TestAPI.Refusal(404, "Test case missing for project [\(project)]") }
    guard Self(project: project, testCase: testCase, .second) == nil else { return nil }
    return TestAPI.Refusal(404, "Test case [\(testCase)] not dashboard ready for project [\(project)]")
  }
}
