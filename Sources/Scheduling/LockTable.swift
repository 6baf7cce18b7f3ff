import Model

/// Who may run beside whom. All locks of a case are taken at once or none is, so nothing deadlocks; who cannot have
/// them reserves them, so nothing starves.
struct LockTable: Sendable {
  private struct Holding {
    var shared = 0
    var isExclusive = false
    var isIdle: Bool { shared == 0 && !isExclusive }
  }

  private var held: [String: Holding] = [:]
  /// Who waits for which locks, by an owner that the caller chooses.
  private(set) var reservations: [Int: [LockRequest]] = [:]

  /// What a case takes: its own requests, sorted, each name once; without one for `sut` it shares that.
  static func requests(of definition: CaseDefinition) -> [LockRequest] {
    var modes: [String: LockRequest.Mode] = [:]
    for request in definition.locks where modes[request.name] != .exclusive { modes[request.name] = request.mode }
    if modes["sut"] == nil { modes["sut"] = .shared }
    return modes.sorted { $0.key < $1.key }.map { LockRequest($0.key, $0.value) }
  }

  /// Whether two cases with these requests cannot run at the same time.
  static func conflict(_ left: [LockRequest], _ right: [LockRequest]) -> Bool {
    left.contains { one in
      right.contains { $0.name == one.name && ($0.mode == .exclusive || one.mode == .exclusive) }
    }
  }

  /// Whether nobody holds what stands against these requests.
  func isFree(_ requests: [LockRequest]) -> Bool {
    requests.allSatisfy { request in
      guard let holding = held[request.name] else { return true }
      return request.mode == .exclusive ? holding.isIdle : !holding.isExclusive
    }
  }

  /// Takes the locks. The caller has asked ``isFree(_:)``.
  mutating func take(_ requests: [LockRequest]) {
    for request in requests {
      if request.mode == .exclusive {
        held[request.name, default: Holding()].isExclusive = true
      } else {
        held[request.name, default: Holding()].shared += 1
      }
    }
  }

  /// Gives the locks back; true if somebody has reserved one of them.
  mutating func release(_ requests: [LockRequest]) -> Bool {
    for request in requests {
      if request.mode == .exclusive {
        held[request.name]?.isExclusive = false
      } else {
        held[request.name]?.shared -= 1
      }
    }
    return reservations.values.contains { LockTable.conflict($0, requests) }
  }

  /// Notes that the owner waits for these locks.
  mutating func reserve(_ requests: [LockRequest], for owner: Int) { reservations[owner] = requests }

  /// The owner waits no longer; true if it did.
  mutating func withdraw(_ owner: Int) -> Bool { reservations.removeValue(forKey: owner) != nil }

  /// Nobody waits any longer.
  mutating func withdrawAll() { reservations.removeAll() }
}
