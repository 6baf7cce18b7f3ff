// The written form of an event, in the journal and in events.jsonl:
// `{"number": 7, "time": "…Z", "event": "attempt_started", "attempt": "…", …}` — the activity's fields beside its name.

extension Event: Codable {
  private enum Key: String, CodingKey { case number, time, event, sequence }

  /// Reads any version's event; activities of newer versions come out as ``Activity/unknown(_:)``.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    number = try container.decode(UInt64.self, forKey: .number)
    time = try container.decode(Timestamp.self, forKey: .time)
    let name = try container.decode(String.self, forKey: .event)
    sequence = try container.decodeIfPresent(UInt64.self, forKey: .sequence)
    activity =
      switch name {
      case "run_started": .runStarted(try .init(from: decoder))
      case "run_resumed": .runResumed(try .init(from: decoder))
      case "planned": .planned(try .init(from: decoder))
      case "node_ready": .nodeReady(try .init(from: decoder))
      case "node_lost": .nodeLost(try .init(from: decoder))
      case "node_excluded": .nodeExcluded(try .init(from: decoder))
      case "unit_leased": .unitLeased(try .init(from: decoder))
      case "attempt_started": .attemptStarted(try .init(from: decoder))
      case "output": .output(try .init(from: decoder))
      case "artifact_announced": .artifactAnnounced(try .init(from: decoder))
      case "artifact": .artifact(try .init(from: decoder))
      case "attempt_finished": .attemptFinished(try .init(from: decoder))
      case "case_finished": .caseFinished(try .init(from: decoder))
      case "cancel_requested": .cancelRequested(try .init(from: decoder))
      case "notice": .notice(try .init(from: decoder))
      case "published": .published(try .init(from: decoder))
      case "run_finished": .runFinished(try .init(from: decoder))
      default: .unknown(name)
      }
  }

  /// Writes number, time, name, and the activity's own fields side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(number, forKey: .number)
    try container.encode(time, forKey: .time)
    try container.encode(activity.name, forKey: .event)
    try container.encodeIfPresent(sequence, forKey: .sequence)
    switch activity {
    case .runStarted(let value): try value.encode(to: encoder)
    case .runResumed(let value): try value.encode(to: encoder)
    case .planned(let value): try value.encode(to: encoder)
    case .nodeReady(let value): try value.encode(to: encoder)
    case .nodeLost(let value), .nodeExcluded(let value): try value.encode(to: encoder)
    case .unitLeased(let value): try value.encode(to: encoder)
    case .attemptStarted(let value): try value.encode(to: encoder)
    case .output(let value): try value.encode(to: encoder)
    case .artifactAnnounced(let value): try value.encode(to: encoder)
    case .artifact(let value): try value.encode(to: encoder)
    case .attemptFinished(let value): try value.encode(to: encoder)
    case .caseFinished(let value): try value.encode(to: encoder)
    case .cancelRequested(let value): try value.encode(to: encoder)
    case .notice(let value): try value.encode(to: encoder)
    case .published(let value): try value.encode(to: encoder)
    case .runFinished(let value): try value.encode(to: encoder)
    case .unknown: break
    }
  }
}

extension Activity {
  /// The name in the written form, `snake_case`.
  public var name: String {
    switch self {
    case .runStarted: "run_started"
    case .runResumed: "run_resumed"
    case .planned: "planned"
    case .nodeReady: "node_ready"
    case .nodeLost: "node_lost"
    case .nodeExcluded: "node_excluded"
    case .unitLeased: "unit_leased"
    case .attemptStarted: "attempt_started"
    case .output: "output"
    case .artifactAnnounced: "artifact_announced"
    case .artifact: "artifact"
    case .attemptFinished: "attempt_finished"
    case .caseFinished: "case_finished"
    case .cancelRequested: "cancel_requested"
    case .notice: "notice"
    case .published: "published"
    case .runFinished: "run_finished"
    case .unknown(let name): name
    }
  }
}
