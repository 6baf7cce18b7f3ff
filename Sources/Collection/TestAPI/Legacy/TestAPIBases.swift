import Model

/// The base paths that clients of the Test API are configured with.
public enum TestAPIBases {
  /// Those of the public servers: `/testapi` (2016), `/test` (later). The root is always served beside them.
  public static let usual = ["test", "testapi"]

  /// The first segments that belong to others.
  private static let taken: Set<String> = ["paddles", "avocado", "ui", "healthz", "readyz", "metrics", "openapi.json"]

  /// The dialect under each of the bases, the longest first, and at the root.
  /// - Throws: `usage` for a base that is no path of plain names, or belongs to another.
  static func mounts(_ dialect: any Dialect, under bases: [String]) throws(Fault) -> [Mount] {
    var paths: Set<[String]> = [[]]
    for base in bases { paths.insert(try segments(of: base)) }
    return paths.sorted { ($0.count, $0.joined(separator: "/")) > ($1.count, $1.joined(separator: "/")) }
      .map { Mount(base: $0, dialect: dialect) }
  }

  private static func segments(of base: String) throws(Fault) -> [String] {
    let segments = base.split(separator: "/").map(String.init)
    let isPlain = segments.allSatisfy { URLText.encode($0) == $0 && $0 != "." && $0 != ".." }
    guard let first = segments.first, isPlain else {
      throw Fault(.usage, "'\(base)' is no base path", hint: "names of letters, digits and -._~, as in lab/testapi")
    }
    guard !taken.contains(first) else {
      throw Fault(.usage, "the base path '\(base)' is taken", hint: "choose another")
    }
    return segments
  }
}
