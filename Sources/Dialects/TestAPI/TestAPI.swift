/// The OPNFV Test API, last generation (G4): its shapes, messages and query parameters, without a server around them.
public enum TestAPI {
  /// Results on one page.
  public static let pageSize = 20
  /// The longest name of a pod, project or case, in bytes.
  public static let nameLimit = 1024

  /// How many pages a number of results fills: 0 for none.
  public static func pages(of total: Int) -> Int { total / pageSize + (total % pageSize == 0 ? 0 : 1) }
}
