extension Schema {
  /// Who may write.
  static let tokens = ""
}
