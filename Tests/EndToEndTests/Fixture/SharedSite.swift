import Testing

/// Gives a suite one site with three nodes, which its tests share; none of them may disturb the nodes.
struct SharedSite: SuiteTrait, TestScoping {
  @TaskLocal private static var shared: Site?

  /// The site of the suite that runs.
  static var current: Site {
    get throws {
      guard let shared else { throw Overdue(description: "this suite has no site") }
      return shared
    }
  }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
  ) async throws {
    try await Site.with(nodes: 3, python: true) { site in
      try await SharedSite.$shared.withValue(site) { try await function() }
    }
  }
}

extension SuiteTrait where Self == SharedSite {
  /// One site for the whole suite.
  static var sharedSite: SharedSite { SharedSite() }
}

/// What only looks at the shared site, one test after the other.
@Suite(.serialized, .sharedSite) enum OnOneSite {}
