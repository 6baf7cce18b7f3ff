extension TestAPI {
  /// How far a result is trusted, as clients of the second and third generation say: a number, or
  /// `{"current": number, "histories": [{"date", "step"}]}`. It is kept as it was sent.
  public struct TrustIndicator: Hashable, Sendable {
    /// As it was sent.
    public var sent: SentValue

    /// Takes what was kept; nil for null.
    public init?(kept: SentValue) {
      guard kept != .null else { return nil }
      sent = kept
    }

    /// Reads what was sent; nil for null.
    /// - Throws: `400 Bad Format [...]` for what is neither a number nor such an object.
    public init?(_ value: SentValue) throws(Refusal) {
      guard value != .null else { return nil }
      sent = value
      guard level != nil else {
        throw .badFormat("trust_indicator must be a number or an object with current and histories")
      }
    }

    /// Reads the body of the PUT that changes it.
    /// - Throws: nil if the body is no such PUT; `400 Bad Format [...]` if it is one and malformed.
    public static func change(type: String?, bytes: [UInt8]) throws(Refusal) -> TrustIndicator? {
      guard case .object(let members)? = try TestAPI.json(type: type, bytes: bytes),
        let value = members["trust_indicator"]
      else { return nil }
      guard let indicator = try TrustIndicator(value) else { throw .nothingToUpdate }
      return indicator
    }

    /// The current trust; 0 if an object does not say. Nil for what is no indicator.
    public var level: Double? {
      guard case .other(let json) = sent else { return nil }
      if let number = PythonFloat.parse(json) { return number }
      guard case .object(let members)? = try? JSONBody(sent),
        members.keys.allSatisfy({ ["current", "histories"].contains($0) }),
        members["histories"].map({ $0 == .null || $0.json.first == "[" }) ?? true
      else { return nil }
      switch members["current"] {
      case nil, .null?: return 0
      case .other(let current)?: return PythonFloat.parse(current)
      case .string?: return nil
      }
    }
  }
}
