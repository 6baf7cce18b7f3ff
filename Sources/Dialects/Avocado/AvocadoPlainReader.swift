extension Avocado {
  /// Reads the bodies of the POSTs to the lists inside a job, for which the original has no serializer: where it fails
  /// with 500, this answers 400 with a `detail`.
  struct PlainReader {
    let body: Body

    init(_ body: Body) { self.body = body }

    static func missing(_ field: String) -> Refusal { Refusal(400, "\(field): This field is required.") }

    /// A text of at most 1,024 bytes, which may be empty.
    func text(_ name: String) throws(Refusal) -> String {
      guard let sent = body.members[name], sent != .null else { throw Self.missing(name) }
      guard let text = sent.string else { throw Refusal(400, "\(name): Not a valid string.") }
      guard text.utf8.count <= 1024 else {
        throw Refusal(400, "\(name): Ensure this field has no more than 1024 bytes.")
      }
      guard !text.utf8.contains(0) else { throw Refusal(400, "\(name): Null characters are not allowed.") }
      return text
    }

    func time(_ name: String) throws(Refusal) -> DateTime {
      guard let sent = body.members[name], sent != .null else { throw Self.missing(name) }
      guard let time = sent.string.flatMap({ DateTime($0) }) else {
        throw Refusal(400, "\(name): This is no time in ISO format (YYYY-MM-DD HH:MM[:ss[.uuuuuu]][TZ]).")
      }
      return time
    }

    func status(_ name: String) throws(Refusal) -> TestStatus {
      guard let status = body.members[name]?.string.flatMap({ TestStatus(named: $0) }) else { throw .absent }
      return status
    }
  }
}
