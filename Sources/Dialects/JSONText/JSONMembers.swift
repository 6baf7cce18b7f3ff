/// The members of an object, or the elements of an array, in the order they stand in, doubled keys included: for those who
/// write a text again with something changed in it. ``JSONBody`` is for those who look members up.
struct JSONMembers: Hashable, Sendable {
  /// The keys; none of an array.
  private(set) var keys: [String] = []
  /// As many values; none of what is neither object nor array.
  private(set) var values: [SentValue] = []

  init(_ bytes: [UInt8]) throws(JSONMalformed) {
    let outcome = bytes.withUnsafeBufferPointer { buffer -> Result<JSONMembers, JSONMalformed> in
      Result { () throws(JSONMalformed) in
        var scanner = JSONScanner(buffer)
        try scanner.scan()
        var members = JSONMembers()
        members.keys = scanner.members.map { JSONString.decode(buffer, $0.key) }
        let ranges = scanner.members.isEmpty ? scanner.elements : scanner.members.map(\.value)
        members.values = ranges.map { JSONBody.value(buffer, $0) }
        return members
      }
    }
    self = try outcome.get()
  }

  private init() {}
}
