import Model

extension Paddles.Job {
  /// A job as it is shown.
  public struct Shown: Sendable {
    /// The number of its row.
    public var key: Int64
    /// The number of its run's row.
    public var runKey: Int64
    /// The run's name.
    public var run: String
    /// The values of the keys, in the order of the keys.
    public var values: [SentValue]
    /// When it was made.
    public var posted: Timestamp
    /// When it first ran.
    public var started: Timestamp?
    /// When it was last heard of.
    public var updated: Timestamp

    /// Makes it.
    public init(
      key: Int64, runKey: Int64, run: String, values: [SentValue], posted: Timestamp, started: Timestamp?,
      updated: Timestamp
    ) {
      self.key = key
      self.runKey = runKey
      self.run = run
      self.values = values
      self.posted = posted
      self.started = started
      self.updated = updated
    }
  }

  /// A field that `fields=` may ask for.
  public enum Field: Hashable, Sendable {
    case id, runID, href, logHref, posted, started, updated
    /// What a client may say.
    case key(Key)
    /// A column that nobody can write.
    case unwritable(String)

    /// Reads a name.
    init?(_ name: String) {
      switch name {
      case "id": self = .id
      case "run_id": self = .runID
      case "href": self = .href
      case "log_href": self = .logHref
      case "posted": self = .posted
      case "started": self = .started
      case "updated": self = .updated
      default:
        if let key = Key(rawValue: name) {
          self = .key(key)
        } else if unwritableKeys.contains(name) {
          self = .unwritable(name)
        } else {
          return nil
        }
      }
    }

    /// Reads `a,b`; nil for nothing.
    /// - Throws: `400 an invalid field was specified`.
    public static func list(_ text: String?) throws(Paddles.Refusal) -> [Field]? {
      guard let text, !text.isEmpty else { return nil }
      var fields: [Field] = []
      for name in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let field = Field(String(name)) else { throw .badField }
        if !fields.contains(field) { fields.append(field) }
      }
      return fields
    }

    fileprivate var name: String {
      switch self {
      case .id: "id"
      case .runID: "run_id"
      case .href: "href"
      case .logHref: "log_href"
      case .posted: "posted"
      case .started: "started"
      case .updated: "updated"
      case .key(let key): key.rawValue
      case .unwritable(let name): name
      }
    }
  }

  /// The answer to a POST that made a job.
  public static func created(_ id: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.append(json: "{")
    writer.append(key: "job_id", first: true)
    writer.append(string: id)
    writer.append(json: "}")
    return writer.bytes
  }
}

extension Paddles.Job.Shown {
  /// The keys as they stand in JSON, made once.
  private static let prefixes = Paddles.Job.Key.allCases.map { ", \"\($0.rawValue)\": " }
  private static let idIndex = Paddles.Job.Key.allCases.firstIndex(of: .jobID) ?? 0

  /// Appends the whole job as an object.
  public func write(_ writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "log_href", first: true)
    writer.append(string: logHref)
    for (prefix, value) in zip(Self.prefixes, values) {
      writer.append(json: prefix)
      writer.append(value)
    }
    writer.append(key: "posted")
    writer.append(Paddles.value(posted))
    writer.append(key: "started")
    writer.append(Paddles.value(started))
    writer.append(key: "updated")
    writer.append(Paddles.value(updated))
    writer.append(json: "}")
  }

  /// Appends some fields of the job as an object.
  public func write(_ fields: [Paddles.Job.Field], root: String, _ writer: inout JSONWriter) {
    let index = Dictionary(uniqueKeysWithValues: zip(Paddles.Job.Key.allCases, values))
    writer.append(json: "{")
    for (position, field) in fields.enumerated() {
      writer.append(anyKey: field.name, first: position == 0)
      switch field {
      case .id: writer.append(json: String(key))
      case .runID: writer.append(json: String(runKey))
      case .href: writer.append(json: Paddles.href(root, "runs", run, "jobs", id))
      case .logHref: writer.append(string: logHref)
      case .posted: writer.append(Paddles.value(posted))
      case .started: writer.append(Paddles.value(started))
      case .updated: writer.append(Paddles.value(updated))
      case .key(let key): writer.append(index[key] ?? .null)
      case .unwritable: writer.append(.null)
      }
    }
    writer.append(json: "}")
  }

  private var id: String { values.indices.contains(Self.idIndex) ? values[Self.idIndex].string ?? "" : "" }

  /// Where the logs of Ceph's own lab lie: what the original is configured with.
  private var logHref: String { "http://qa-proxy.ceph.com/teuthology/\(run)/\(id)/teuthology.log" }
}
