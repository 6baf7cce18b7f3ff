import Dialects
import FoundationEssentials
import Model

/// One result on its way to one server: what a file of the outbox holds.
public struct OutboxEntry: Hashable, Sendable {
  /// What names an entry: an attempt goes to a server once.
  public struct Key: Hashable, Sendable {
    /// The attempt whose result it is.
    public var attempt: AttemptID
    /// ``Dialects/ServerAddress/displayName``.
    public var server: String

    /// Makes a key.
    public init(attempt: AttemptID, server: String) {
      self.attempt = attempt
      self.server = server
    }
  }

  /// The attempt and the server.
  public var key: Key
  /// What is spoken there.
  public var dialect: ServerAddress.Dialect
  /// Whether requests need something secret that is not kept here.
  public var needsCredentials: Bool
  /// The run it comes from.
  public var run: RunID
  /// The case.
  public var caseID: CaseID
  /// When it was put in.
  public var created: Timestamp
  /// The request body, byte for byte; UTF-8.
  public var body: [UInt8]
  /// The server's reason, for an entry that was refused and is kept aside.
  public var refusal: String?

  /// Makes an entry.
  public init(
    attempt: AttemptID, to address: ServerAddress, run: RunID, caseID: CaseID, created: Timestamp, body: [UInt8]
  ) {
    key = Key(attempt: attempt, server: address.displayName)
    dialect = address.dialect
    needsCredentials = address.hasCredentials
    self.run = run
    self.caseID = caseID
    self.created = created
    self.body = body
  }

  /// Bytes of the largest body that an outbox takes: 16 MiB.
  public static let largestBody = 16 << 20
}

extension OutboxEntry: Codable {
  private enum Field: String, CodingKey {
    case version, server, dialect, credentials, run
    case caseID = "case"
    case attempt, created, body, refusal
  }

  /// The version of the written form.
  static let version = 1

  /// Reads version 1.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    key = Key(
      attempt: try fields.decode(AttemptID.self, forKey: .attempt),
      server: try fields.decode(String.self, forKey: .server))
    dialect = try fields.decode(ServerAddress.Dialect.self, forKey: .dialect)
    needsCredentials = try fields.decodeIfPresent(Bool.self, forKey: .credentials) ?? false
    run = try fields.decode(RunID.self, forKey: .run)
    caseID = try fields.decode(CaseID.self, forKey: .caseID)
    created = try fields.decode(Timestamp.self, forKey: .created)
    body = Array(try fields.decode(String.self, forKey: .body).utf8)
    refusal = try fields.decodeIfPresent(String.self, forKey: .refusal)
  }

  /// Writes version 1.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(Self.version, forKey: .version)
    try fields.encode(key.server, forKey: .server)
    try fields.encode(dialect, forKey: .dialect)
    try fields.encode(needsCredentials, forKey: .credentials)
    try fields.encode(run, forKey: .run)
    try fields.encode(caseID, forKey: .caseID)
    try fields.encode(key.attempt, forKey: .attempt)
    try fields.encode(created, forKey: .created)
    try fields.encode(String(decoding: body, as: UTF8.self), forKey: .body)
    try fields.encodeIfPresent(refusal, forKey: .refusal)
  }
}
