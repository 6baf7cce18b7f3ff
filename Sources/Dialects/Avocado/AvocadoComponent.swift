extension Avocado {
  /// A kind or an architecture of software components.
  public struct ComponentName: Record, Hashable {
    /// The name, at most 20 characters.
    public var name: String

    /// Makes a name.
    public init(name: String) { self.name = name }

    /// Reads a body; nil: the name stays as it is.
    /// - Throws: 400 with every fault.
    public init?(_ body: Body, partial: Bool) throws(Refusal) {
      var reader = FieldReader(body, partial: partial)
      let name = reader.text("name", limit: 20)
      try reader.finish()
      guard let name else { return nil }
      self.name = name
    }

    /// `{"name":"rpm"}`.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      writer.append(key: "name", first: true)
      writer.append(string: name)
      writer.append(json: "}")
    }
  }

  /// Some fields of a row, each a text: what a body sends, or a whole row.
  public struct Texts: Record, Hashable {
    /// Names and values in the order of the serializer.
    public var entries: [(name: String, value: String)]

    /// Makes a row.
    public init(entries: [(name: String, value: String)]) { self.entries = entries }

    /// The value of a field.
    public subscript(_ name: String) -> String? { entries.first { $0.name == name }?.value }

    /// Reads a body.
    /// - Throws: 400 with every fault.
    public init(_ body: Body, fields: [String], partial: Bool, defaults: [String: String] = [:]) throws(Refusal) {
      var reader = FieldReader(body, partial: partial)
      self.init(&reader, fields: fields, partial: partial, defaults: defaults)
      try reader.finish()
    }

    fileprivate init(_ reader: inout FieldReader, fields: [String], partial: Bool, defaults: [String: String]) {
      entries = []
      for field in fields {
        let value = reader.text(
          field, limit: 255, required: defaults[field] == nil, blank: defaults[field] == "")
        if let value = value ?? (partial ? nil : defaults[field]) { entries.append((field, value)) }
      }
    }

    /// An object of the fields.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      for (number, entry) in entries.enumerated() {
        writer.append(anyKey: entry.name, first: number == 0)
        writer.append(string: entry.value)
      }
      writer.append(json: "}")
    }

    /// Equal if they read equal.
    public static func == (left: Self, right: Self) -> Bool {
      left.entries.elementsEqual(right.entries) { $0.name == $1.name && $0.value == $1.value }
    }

    /// As they read.
    public func hash(into hasher: inout Hasher) {
      for entry in entries {
        hasher.combine(entry.name)
        hasher.combine(entry.value)
      }
    }
  }

  /// The fields of a software component; `kind` and `arch` name rows.
  public static let componentFields = ["name", "version", "release", "checksum", "kind", "arch"]
  /// The fields of a Linux distribution.
  public static let distroFields = ["name", "version", "release", "arch"]
  /// What a distribution holds where nothing is sent.
  public static let distroDefaults = ["release": ""]

  /// A test environment. Its installed components cannot be told over the API of the original.
  public struct Environment: Record, Hashable {
    /// The distribution.
    public var distro: Texts

    /// Makes an environment.
    public init(distro: Texts) { self.distro = distro }

    /// Reads a body; nil: it stays as it is.
    /// - Throws: 400 with every fault.
    public init?(_ body: Body, partial: Bool) throws(Refusal) {
      var reader = FieldReader(body, partial: partial)
      var distro: Texts?
      if let sent = reader.object("distro") {
        var inner = FieldReader(sent)
        distro = Texts(&inner, fields: distroFields, partial: false, defaults: distroDefaults)
        if !inner.found.isEmpty { reader.add("distro", inner.found) }
      }
      try reader.finish()
      guard let distro else { return nil }
      self.distro = distro
    }

    /// `{"distro":{…},"installed_software_components":[]}`.
    public func write(to writer: inout JSONWriter) {
      writer.append(json: "{")
      writer.append(key: "distro", first: true)
      distro.write(to: &writer)
      writer.append(key: "installed_software_components")
      writer.append(json: "[]}")
    }
  }
}
