import Model

extension Paddles {
  /// Which jobs of all runs are listed: `GET /jobs/`.
  public struct JobQuery: Hashable, Sendable {
    /// One condition.
    public enum Condition: Hashable, Sendable {
      /// The description holds that text.
      case description(String)
      /// It does that, or came to that.
      case status(String)
      /// It tests exactly that commit.
      case commit(String)
      /// It tests that branch.
      case branch(String)
      /// It was scheduled by that one.
      case user(String)
      /// Made after that time.
      case after(Timestamp)
      /// Made before that time.
      case before(Timestamp)
    }

    /// Jobs on one page where the client does not say how many.
    public static let usualCount = 10

    /// All of these must hold.
    public var conditions: [Condition] = []
    /// Which part is shown.
    public var page: Page

    /// Reads the parameters; a condition that is empty was not said. A commit goes before a branch.
    /// - Throws: `400 date format must match …`; 400 for numbers that are none.
    public init(_ parameters: [(name: String, value: String)], now: Timestamp) throws(Refusal) {
      page = try Page(parameters, usual: Self.usualCount)
      let values = Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }).filter { $1 != "" }
      if let text = values["description"] { conditions.append(.description(text)) }
      if let text = values["status"] { conditions.append(.status(text)) }
      if let text = values["sha1"] {
        conditions.append(.commit(text))
      } else if let text = values["branch"] {
        conditions.append(.branch(text))
      }
      if let text = values["user"] { conditions.append(.user(text)) }
      if let text = values["posted_after"] { conditions.append(.after(try Self.time(text, now))) }
      if let text = values["posted_before"] { conditions.append(.before(try Self.time(text, now))) }
    }

    private static func time(_ text: String, _ now: Timestamp) throws(Refusal) -> Timestamp {
      if let time = Paddles.time(text) { return time }
      return try Paddles.day(text, now: now)
    }
  }
}
