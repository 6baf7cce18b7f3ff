extension Avocado {
  /// One of the fields that a list is sorted by.
  public struct Ordering<Field: RawRepresentable<String> & Hashable & Sendable>: Hashable, Sendable {
    /// The field.
    public var field: Field
    /// The largest first.
    public var isDescending: Bool

    /// Reads the parameter `ordering`: names with commas between them, `-` before one turns it round. What is no field
    /// is left out, and so is a field that was named before, which could change nothing.
    public static func read(_ text: String?) -> [Self] {
      var orderings: [Self] = []
      for part in (text ?? "").split(separator: ",") {
        let isDescending = part.first == "-"
        let name = isDescending ? part.dropFirst() : part
        let trimmed = name.filter { $0 != " " }
        guard let field = Field(rawValue: String(trimmed)), !orderings.contains(where: { $0.field == field }) else {
          continue
        }
        orderings.append(Self(field: field, isDescending: isDescending))
      }
      return orderings
    }
  }

  /// What jobs may be sorted by.
  public enum JobField: String, CaseIterable, Sendable {
    case time, status, description
    case elapsed = "elapsed_time"
  }

  /// What the tests of a job may be sorted by.
  public enum TestField: String, CaseIterable, Sendable { case tag, status }
}
