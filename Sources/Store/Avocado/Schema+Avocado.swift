extension Schema {
  /// Jobs, tests, activities, data, statuses, components.
  static let avocado = ""
}
