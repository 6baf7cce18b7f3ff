extension Avocado {
  /// A field of a resource, as OPTIONS tells it.
  public struct FieldFacts: Hashable, Sendable {
    enum Kind: String, Sendable { case string, float, integer, datetime, field, choice }

    let name: String
    let kind: Kind
    var isRequired = true
    var isReadOnly = false
    var limit: Int?

    fileprivate func write(to writer: inout JSONWriter, first: Bool) {
      writer.append(anyKey: name, first: first)
      writer.append(json: #"{"type":"\#(kind.rawValue)","required":\#(isRequired),"read_only":\#(isReadOnly),"label":"#)
      let label = name.replacing("_", with: " ")
      writer.append(string: label.prefix(1).uppercased() + label.dropFirst())
      if let limit { writer.append(json: ",\"max_length\":\(limit)") }
      writer.append(json: "}")
    }
  }

  /// What OPTIONS tells of a URL.
  /// - Parameters:
  ///   - name: the view's name, as `Job List`.
  ///   - verb: the verb that writes here, `POST` or `PUT`; nil: none does.
  ///   - fields: what may be written.
  public static func metadata(_ name: String, writing verb: String?, _ fields: [FieldFacts]) -> [UInt8] {
    var writer = JSONWriter(compact: true)
    writer.append(json: #"{"name":"\#(name)","description":"","renders":["application/json"],"#)
    writer.append(json: #""parses":["application/json"]"#)
    if let verb {
      writer.append(json: #","actions":{"\#(verb)":{"#)
      for (number, field) in fields.enumerated() { field.write(to: &writer, first: number == 0) }
      writer.append(json: "}}")
    }
    writer.append(json: "}")
    return writer.bytes
  }

  /// The fields of each resource that can be written, in the order in which they are shown.
  public enum Fields {
    /// Of a job.
    public static let job: [FieldFacts] = [
      FieldFacts(name: "id", kind: .string, isRequired: false, limit: jobIDLimit),
      FieldFacts(name: "description", kind: .string, isRequired: false, limit: 255),
      FieldFacts(name: "time", kind: .datetime, isRequired: false, isReadOnly: true),
      FieldFacts(name: "elapsed_time", kind: .float, isRequired: false),
      FieldFacts(name: "status", kind: .field),
      FieldFacts(name: "activities", kind: .field, isRequired: false, isReadOnly: true),
      FieldFacts(name: "tests", kind: .field, isRequired: false, isReadOnly: true),
    ]
    /// Of a job's activity.
    public static let jobActivity: [FieldFacts] = [
      FieldFacts(name: "job", kind: .field), FieldFacts(name: "activity", kind: .string, limit: 20),
      FieldFacts(name: "time", kind: .datetime),
    ]
    /// Of a test.
    public static let test: [FieldFacts] = [
      FieldFacts(name: "id", kind: .integer, isRequired: false, isReadOnly: true),
      FieldFacts(name: "job", kind: .field),
      FieldFacts(name: "tag", kind: .string, limit: 255), FieldFacts(name: "status", kind: .field),
    ]
    /// Of a test's activity.
    public static let testActivity: [FieldFacts] = [
      FieldFacts(name: "test", kind: .field), FieldFacts(name: "activity", kind: .string, limit: 20),
      FieldFacts(name: "time", kind: .datetime), FieldFacts(name: "status", kind: .field),
    ]
    /// Of a test's datum.
    public static let testData: [FieldFacts] = [
      FieldFacts(name: "test", kind: .field),
      FieldFacts(name: "category", kind: .string, isRequired: false, limit: 255),
      FieldFacts(name: "key", kind: .string, limit: 255),
      FieldFacts(name: "value", kind: .field, isRequired: false, isReadOnly: true),
    ]
    /// Of a kind or an architecture.
    public static let componentName = [FieldFacts(name: "name", kind: .string, limit: 20)]
    /// Of a component.
    public static let component = componentFields.map { name in
      let isReference = name == "kind" || name == "arch"
      return FieldFacts(name: name, kind: isReference ? .field : .string, limit: isReference ? nil : 255)
    }
    /// Of a distribution.
    public static let distro = distroFields.map {
      FieldFacts(name: $0, kind: .string, isRequired: distroDefaults[$0] == nil, limit: 255)
    }
    /// Of an environment.
    public static let environment: [FieldFacts] = [
      FieldFacts(name: "distro", kind: .field),
      FieldFacts(name: "installed_software_components", kind: .field, isRequired: false, isReadOnly: true),
    ]
  }
}
