import Model

/// Everything a slot must know to run one attempt. Goes down once per attempt.
public struct AttemptOrder: Hashable, Sendable, Codable {
  /// The attempt.
  public var attempt: AttemptID
  /// Its case.
  public var id: CaseID
  /// The case's name in the catalog, its project and tier.
  public var name: String
  /// The case's project.
  public var project: String
  /// The case's tier.
  public var tier: String
  /// The unit it belongs to.
  public var unit: UnitID
  /// The fencing number.
  public var fence: UInt64
  /// How to run it.
  public var run: RunSpec
  /// When it passes.
  public var criteria: Criteria
  /// Environment beyond the run's.
  public var environment: [String: String]
  /// What to unpack into its directory.
  public var files: [FileEntry]
  /// Globs of what to bring back.
  public var artifacts: [String]
  /// Seconds until it is ended.
  public var timeout: Double
  /// Seconds between TERM and KILL.
  public var grace: Double
  /// Bytes of output that are kept.
  public var outputLimit: Int64
  /// Bytes of artifacts that are kept.
  public var artifactLimit: Int64

  /// Makes an order.
  public init(
    attempt: AttemptID, id: CaseID, name: String, project: String, tier: String, unit: UnitID, fence: UInt64,
    run: RunSpec, criteria: Criteria = .percentage(100), environment: [String: String] = [:],
    files: [FileEntry] = [], artifacts: [String] = [], timeout: Double = 3600, grace: Double = 5,
    outputLimit: Int64 = 2 << 30, artifactLimit: Int64 = 256 << 20
  ) {
    self.attempt = attempt
    self.id = id
    self.name = name
    self.project = project
    self.tier = tier
    self.unit = unit
    self.fence = fence
    self.run = run
    self.criteria = criteria
    self.environment = environment
    self.files = files
    self.artifacts = artifacts
    self.timeout = timeout
    self.grace = grace
    self.outputLimit = outputLimit
    self.artifactLimit = artifactLimit
  }
}

/// One file of an attempt, by content.
public struct FileEntry: Hashable, Sendable, Codable {
  /// Where it goes, relative to the attempt's directory; confined.
  public var path: String
  /// Whether it may be executed.
  public var isExecutable: Bool
  /// The SHA-256 of its content, 64 hexadecimal digits.
  public var hash: String
  /// Its size in bytes.
  public var size: Int64

  /// Makes an entry.
  public init(path: String, isExecutable: Bool, hash: String, size: Int64) {
    self.path = path
    self.isExecutable = isExecutable
    self.hash = hash
    self.size = size
  }
}

/// Hashes of contents: what the coordinator could send (down), and which of them are missing (up).
public struct Offer: Hashable, Sendable, Codable {
  /// SHA-256 in 64 hexadecimal digits, and the size in bytes.
  public var blobs: [String: Int64]
  /// Makes an offer.
  public init(blobs: [String: Int64]) { self.blobs = blobs }
}

/// Ends attempts: those named, or all of the run.
public struct Cancel: Hashable, Sendable, Codable {
  /// Which; nil: all of the run.
  public var attempts: [AttemptID]?
  /// True: KILL at once; false: TERM, grace, KILL.
  public var now: Bool
  /// Makes the order.
  public init(attempts: [AttemptID]?, now: Bool = false) {
    self.attempts = attempts
    self.now = now
  }
}

/// A part of a file's content on its way down.
public struct BlobPart: Hashable, Sendable {
  /// The content's SHA-256, 32 bytes.
  public var hash: [UInt8]
  /// Where the part begins, in bytes.
  public var offset: Int64
  /// The part.
  public var bytes: ArraySlice<UInt8>

  /// The most that one part holds.
  public static let limit = 1 << 20

  /// Makes a part.
  public init(hash: [UInt8], offset: Int64, bytes: ArraySlice<UInt8>) {
    self.hash = hash
    self.offset = offset
    self.bytes = bytes
  }

  /// Reads a payload. Throws `.wire` if it is too short.
  public init(payload: ArraySlice<UInt8>) throws(Fault) {
    guard payload.count >= 40 else { throw Fault(.wire, "a blob frame of \(payload.count) bytes is too short") }
    hash = Array(payload.prefix(32))
    offset = Int64(littleEndian: payload.dropFirst(32))
    bytes = payload.dropFirst(40)
  }

  /// The payload.
  public var payload: [UInt8] {
    var result = hash
    result.append(littleEndian: offset)
    result.append(contentsOf: bytes)
    return result
  }
}
