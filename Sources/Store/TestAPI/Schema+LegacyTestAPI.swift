extension Schema {
  /// What clients of 2015 sent beyond today's results.
  static let legacyTestAPI = ""
}
