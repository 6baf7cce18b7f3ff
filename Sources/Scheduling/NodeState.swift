/// What a dispatcher knows of a node.
struct NodeState: Sendable {
  /// Whether the node can be reached.
  enum Reach: Sendable {
    /// It was never attached.
    case unknown
    case ready
    /// For now not.
    case away(String)
    /// Never again.
    case gone(String)
  }

  /// Why a node gets no more work.
  struct Exclusion: Sendable {
    var reason: String
    /// `TIER/CASE` of the gate that the node failed, if that is why.
    var gate: String?
  }

  let name: String
  var reach = Reach.unknown
  var exclusion: Exclusion?
  var labels: [String: String] = [:]
  var slots = 1
  /// Attempts that were leased to it and have not ended.
  var live = 0
  /// Those of them that were leased beyond its slots and have not started.
  var queued = 0
  /// What the queued ones are expected to take, in seconds.
  var queuedSeconds = 0.0
  /// Errors in a row.
  var strikes = 0
  /// How many of the gates on each node let it pass.
  var openings = 0
  /// Whether its labels are what is asked for, by the number of the requirement.
  var matches: [Bool] = []
  /// Buckets of cases that may run only here.
  var pinned: [Int] = []

  init(_ name: String) { self.name = name }

  var isReady: Bool { if case .ready = reach { true } else { false } }
  var isAway: Bool { if case .away = reach { true } else { false } }
  var isGone: Bool { if case .gone = reach { true } else { false } }
  /// Whether it gets work.
  var isUsable: Bool { isReady && exclusion == nil }
  /// Whether it gets work, or may yet.
  var isHopeful: Bool { !isGone && exclusion == nil }
  var hasFreeSlot: Bool { isReady && live < slots }

  /// Whether the node has each label; an empty value asks for the key only.
  func has(_ required: [String: String]) -> Bool {
    required.allSatisfy { key, value in labels[key].map { value.isEmpty || $0 == value } ?? false }
  }

  /// Why nothing runs there, for people.
  var complaint: String {
    switch (reach, exclusion) {
    case (.gone(let reason), _): "node \(name) is lost: \(reason)"
    case (_, let exclusion?): "node \(name) is excluded: \(exclusion.reason)"
    case (.away(let reason), _): "node \(name) is not reachable: \(reason)"
    case (.unknown, _): "node \(name) never became ready"
    case (.ready, _): "node \(name) is busy"
    }
  }
}
