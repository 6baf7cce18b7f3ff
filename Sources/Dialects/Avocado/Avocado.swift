/// The shapes of Avocado Server's API (contract avocado.md, part 1): what 0.26.0 documents, and beside it what 0.2.0 had
/// and the documentation still shows. JSON is compact, and members stand in the order of the original's serializers.
public enum Avocado {
  /// Rows on a page; the original lets no client choose.
  public static let pageSize = 10

  /// The answer to `GET /version/`.
  public static let version = Array(#"{"version":"0.26.0"}"#.utf8)

  /// The lists that the root names, in its order.
  static let lists = [
    "jobstatuses", "teststatuses", "softwarecomponentkinds", "softwarecomponentarches", "softwarecomponents",
    "linuxdistros", "testenvironments", "jobs",
  ]

  /// The answer to `GET /`: where the lists are. `root` has no trailing slash.
  public static func index(root: String) -> [UInt8] {
    var writer = JSONWriter(compact: true)
    writer.append(json: "{")
    for (number, list) in lists.enumerated() {
      writer.append(anyKey: list, first: number == 0)
      writer.append(string: "\(root)/\(list)/")
    }
    writer.append(json: "}")
    return writer.bytes
  }

  /// What a POST to a list inside a job adds.
  public enum Addition: String, Sendable {
    case jobActivity = "job activity"
    case test
    case testActivity = "test activity"
    case testData = "test data"
  }

  /// The answer to such a POST; it does not tell the new row's number.
  public static func added(_ addition: Addition) -> [UInt8] {
    Array(#"{"status":"\#(addition.rawValue) added"}"#.utf8)
  }

  /// The answer that shows one record.
  public static func show(_ record: some Record) -> [UInt8] {
    var writer = JSONWriter(compact: true)
    record.write(to: &writer)
    return writer.bytes
  }

  /// Something that is listed and shown as a JSON object.
  public protocol Record: Sendable {
    /// Appends the record as JSON.
    func write(to writer: inout JSONWriter)
  }
}
