import Dialects
import FoundationEssentials
import Model

/// One submission on its way to one server: what a file of the outbox holds.
public struct OutboxEntry: Hashable, Sendable {
  /// What names an entry: a submission goes to a server once.
  public struct Key: Hashable, Sendable {
    /// The submission.
    public var submission: SubmissionID
    /// ``Dialects/ServerAddress/displayName``.
    public var server: String

    /// The attempt whose result it is, for a Test API's result.
    public var attempt: AttemptID { AttemptID(rawValue: submission.rawValue) }

    /// Makes a key.
    public init(submission: SubmissionID, server: String) {
      self.submission = submission
      self.server = server
    }

    /// The key of an attempt's result.
    public init(attempt: AttemptID, server: String) {
      self.init(submission: SubmissionID(rawValue: attempt.rawValue), server: server)
    }
  }

  /// The submission and the server.
  public var key: Key
  /// What is spoken there.
  public var dialect: ServerAddress.Dialect
  /// Whether requests need something secret that is not kept here.
  public var needsCredentials: Bool
  /// The run it comes from.
  public var run: RunID
  /// What it is about, for people.
  public var title: String
  /// The cases whose verdict it carries.
  public var cases: [CaseID]
  /// Where it stands among others.
  public var traits: EntryTraits
  /// When it was put in.
  public var created: Timestamp
  /// A result's request body, byte for byte; UTF-8. Empty where there are steps.
  public var body: [UInt8]
  /// The requests, in order; empty for a result.
  public var steps: [SubmissionStep]
  /// Where what it makes can be seen, relative to the server's base.
  public var link: String
  /// The server's reason, for an entry that was refused and is kept aside.
  public var refusal: String?

  /// Makes an entry.
  public init(_ submission: Submission, to address: ServerAddress, run: RunID, created: Timestamp) {
    key = Key(submission: submission.id, server: address.displayName)
    dialect = address.dialect
    needsCredentials = address.hasCredentials
    self.run = run
    title = submission.title
    cases = submission.cases
    traits = EntryTraits(submission, of: run)
    self.created = created
    link = submission.link
    switch submission.content {
    case .result(let bytes): (body, steps) = (bytes, [])
    case .steps(let list): (body, steps) = ([], list)
    }
  }

  /// Makes the entry of a result.
  public init(
    attempt: AttemptID, to address: ServerAddress, run: RunID, caseID: CaseID, created: Timestamp, body: [UInt8]
  ) {
    self.init(
      Submission(
        SubmissionID(rawValue: attempt.rawValue), title: caseID.rawValue, cases: [caseID], .result(body)),
      to: address, run: run, created: created)
  }

  /// Bytes of the largest body that an outbox takes: 16 MiB.
  public static let largestBody = 16 << 20
}

/// Where an entry stands among the others for its server.
public struct EntryTraits: Hashable, Sendable {
  /// Entries of one chain go in order, and none of them before the one in front has come to its end; nil: it hangs on
  /// no other.
  public var chain: RunID?
  /// What it tells something of, within its chain.
  public var subject: String
  /// How long it is of interest.
  public var standing: Submission.Standing

  /// Makes traits; those of a result unless said otherwise.
  public init(chain: RunID? = nil, subject: String = "", standing: Submission.Standing = .lasting) {
    self.chain = chain
    self.subject = subject
    self.standing = standing
  }

  /// A submission's traits.
  init(_ submission: Submission, of run: RunID) {
    if case .steps = submission.content {
      self.init(chain: run, subject: submission.subject, standing: submission.standing)
    } else {
      self.init()
    }
  }
}

extension OutboxEntry: Codable {
  private enum Field: String, CodingKey {
    case version, server, dialect, credentials, run
    case caseID = "case"
    case attempt, submission, title, cases, subject, standing, steps, link, created, body, refusal
  }

  /// The version of the written form.
  static let version = 2

  /// Reads versions 1 and 2.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Field.self)
    let name =
      try fields.decodeIfPresent(String.self, forKey: .submission)
      ?? fields.decode(String.self, forKey: .attempt)
    key = Key(
      submission: SubmissionID(rawValue: name), server: try fields.decode(String.self, forKey: .server))
    dialect = try fields.decode(ServerAddress.Dialect.self, forKey: .dialect)
    needsCredentials = try fields.decodeIfPresent(Bool.self, forKey: .credentials) ?? false
    run = try fields.decode(RunID.self, forKey: .run)
    created = try fields.decode(Timestamp.self, forKey: .created)
    steps = try fields.decodeIfPresent([SubmissionStep].self, forKey: .steps) ?? []
    body = Array(try (steps.isEmpty ? fields.decode(String.self, forKey: .body) : "").utf8)
    link = try fields.decodeIfPresent(String.self, forKey: .link) ?? ""
    refusal = try fields.decodeIfPresent(String.self, forKey: .refusal)
    // Version 1 knew results only, each of one case.
    cases =
      try fields.decodeIfPresent([CaseID].self, forKey: .cases) ?? [fields.decode(CaseID.self, forKey: .caseID)]
    title = try fields.decodeIfPresent(String.self, forKey: .title) ?? cases.first?.rawValue ?? ""
    traits = EntryTraits()
    guard !steps.isEmpty else { return }
    traits = EntryTraits(
      chain: run, subject: try fields.decode(String.self, forKey: .subject),
      standing: try fields.decode(Submission.Standing.self, forKey: .standing))
  }

  /// Writes version 2.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Field.self)
    try fields.encode(Self.version, forKey: .version)
    try fields.encode(key.server, forKey: .server)
    try fields.encode(dialect, forKey: .dialect)
    try fields.encode(needsCredentials, forKey: .credentials)
    try fields.encode(run, forKey: .run)
    try fields.encode(title, forKey: .title)
    try fields.encode(cases, forKey: .cases)
    try fields.encode(key.submission, forKey: .submission)
    try fields.encode(created, forKey: .created)
    try fields.encodeIfPresent(refusal, forKey: .refusal)
    guard !steps.isEmpty else {
      return try fields.encode(String(decoding: body, as: UTF8.self), forKey: .body)
    }
    try fields.encode(traits.subject, forKey: .subject)
    try fields.encode(traits.standing, forKey: .standing)
    try fields.encode(steps, forKey: .steps)
    try fields.encode(link, forKey: .link)
  }
}
