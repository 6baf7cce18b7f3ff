extension Schema {
  /// Deploy results, scenarios, trust indicators.
  static let testAPI = ""
}
