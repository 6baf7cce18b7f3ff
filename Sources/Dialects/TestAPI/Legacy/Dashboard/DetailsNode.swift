/// A place in the details of a result, which may be of any shape: whatever is asked for and not there is null. One level
/// is read when the node is made; what is nested deeper stays text until it is asked for.
struct DetailsNode: Sendable {
  private let value: SentValue
  private let body: JSONBody

  init(_ value: SentValue) {
    self.value = value
    body = (try? JSONBody(value)) ?? .other
  }

  /// The member of that name of an object; null if there is none.
  subscript(name: String) -> DetailsNode { DetailsNode(members?[name] ?? .null) }

  /// The members, if this is an object.
  var members: [String: SentValue]? { if case .object(let members) = body { members } else { nil } }

  /// The elements, if this is an array.
  var elements: [DetailsNode]? { if case .array(let elements) = body { elements.map(DetailsNode.init) } else { nil } }

  /// The last element, if this is an array that has one.
  var last: DetailsNode? { if case .array(let elements) = body { elements.last.map(DetailsNode.init) } else { nil } }

  /// Whether there is anything.
  var isNull: Bool { value == .null }

  /// The text, if this is a string.
  var text: String? { value.string }

  /// The number, also one in quotes; nil for what is none, or has no end.
  var number: Double? {
    switch value {
    case .other(let json) where json.utf8.first.map { $0 == 45 || (48...57).contains($0) } == true:
      Double(json).flatMap { $0.isFinite ? $0 : nil }
    case .string(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
    case .null, .other: nil
    }
  }

  /// The number without its fraction; nil for what is none, or is too large.
  var integer: Int? { Int(text ?? value.json) ?? number.flatMap { Int(exactly: $0.rounded(.towardZero)) } }

  /// The JSON text of a number or string, as it was sent; nil for anything else.
  var plain: String? { text != nil || number != nil ? value.json : nil }
}
