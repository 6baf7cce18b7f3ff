import Foundation

@testable import Collection

extension OpenAPI.Schema {
  /// Whether a value, as Foundation reads JSON, is what the schema says.
  func accepts(_ value: Any, _ schemas: [String: OpenAPI.Schema]) -> Bool {
    switch self {
    case .any: true
    case .string(let text):
      (value as? String).map { string in
        text.values?.contains(string) ?? true && string.unicodeScalars.count >= text.minLength ?? 0
          && string.unicodeScalars.count <= text.maxLength ?? .max
          && text.pattern.map { string.range(of: $0, options: .regularExpression) != nil } ?? true
      } ?? false
    case .integer(let from, let to):
      (value as? NSNumber).map {
        !$0.isBoolean && $0.doubleValue == $0.doubleValue.rounded() && $0.intValue >= from ?? .min
          && $0.intValue <= to ?? .max
      } ?? false
    case .number: (value as? NSNumber).map { !$0.isBoolean } ?? false
    case .boolean: (value as? NSNumber)?.isBoolean ?? false
    case .array(let element): (value as? [Any])?.allSatisfy { element.accepts($0, schemas) } ?? false
    case .object(let properties, let others):
      (value as? [String: Any]).map { Self.fits($0, properties, others, schemas) } ?? false
    case .reference(let name): schemas[name]?.accepts(value, schemas) ?? false
    case .nullable(let schema): value is NSNull || schema.accepts(value, schemas)
    case .either(let choices): choices.contains { $0.accepts(value, schemas) }
    }
  }

  private static func fits(
    _ members: [String: Any], _ properties: [OpenAPI.Property], _ others: Bool, _ schemas: [String: OpenAPI.Schema]
  ) -> Bool {
    properties.allSatisfy { property in
      members[property.name].map { property.schema.accepts($0, schemas) } ?? !property.isRequired
    } && (others || Set(members.keys).isSubset(of: properties.map(\.name)))
  }

  /// A small value of the schema as JSON, with nothing in it that may be left out.
  /// - Parameters:
  ///   - known: what a member of some name must be, as JSON.
  ///   - text: what a string is that may be any.
  func sample(_ schemas: [String: OpenAPI.Schema], known: [String: String], text anyText: String) -> String {
    switch self {
    case .any: "null"
    case .string(let text): JSONText.string(text.values?.first ?? anyText)
    case .integer(let from, _): "\(from ?? 1)"
    case .number: "1.5"
    case .boolean: "true"
    case .array(let element): "[\(element.sample(schemas, known: known, text: anyText))]"
    case .object(let properties, _):
      JSONText.object(
        properties.filter(\.isRequired).map {
          ($0.name, known[$0.name] ?? $0.schema.sample(schemas, known: known, text: anyText))
        })
    case .reference(let name): schemas[name]?.sample(schemas, known: known, text: anyText) ?? "null"
    case .nullable(let schema): schema.sample(schemas, known: known, text: anyText)
    case .either(let choices): choices.first?.sample(schemas, known: known, text: anyText) ?? "null"
    }
  }
}

extension NSNumber {
  /// Foundation reads numbers as wider types.
  fileprivate var isBoolean: Bool { String(cString: objCType) == "c" }
}
