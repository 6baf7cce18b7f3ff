extension Schema {
  /// Runs, jobs, nodes, queues.
  static let paddles = ""
}
