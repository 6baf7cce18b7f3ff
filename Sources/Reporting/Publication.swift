import Model

/// How far a case's result is on its way to the collection APIs.
public struct Publication: Hashable, Sendable, Codable {
  /// How far it is.
  public enum State: String, Sendable, Codable {
    /// Every server has it.
    case delivered
    /// A server has not answered yet; the result is kept.
    case pending
    /// A server refused it.
    case refused
    /// It is not published at all, for the reason given.
    case no
  }

  /// How far it is.
  public var state: State
  /// The result's address on the first server that has it.
  @OrNull public var link: String?
  /// Why it is not delivered.
  @OrNull public var reason: String?

  init(_ state: State, link: String? = nil, reason: String? = nil) {
    self.state = state
    self.link = link
    self.reason = reason
  }

  /// True: it ought to be delivered and is not.
  public var isOpen: Bool { state == .pending || state == .refused }
}

extension RunState {
  /// Of a case's result: whether it is published, and how far that is.
  func publication(of item: CaseState) -> Publication {
    let servers = takers(of: item)
    switch item.finalVerdict {
    case .skip where servers.isEmpty: return Publication(.no, reason: "skip is not published")
    case .error where servers.isEmpty: return Publication(.no, reason: "error is not published")
    case nil: return Publication(.no, reason: "there is no verdict to publish")
    case .pass, .fail, .skip, .error: break
    }
    if servers.isEmpty, item.deliveries.isEmpty { return Publication(.no, reason: "no server was named") }
    let link = item.deliveries.lazy.compactMap(\.link).first
    if let refused = item.deliveries.first(where: { $0.refusal != nil }) {
      return Publication(.refused, link: link, reason: "\(refused.server): \(refused.refusal ?? "refused")")
    }
    let waiting = servers.filter { server in !item.deliveries.contains { $0.server == server } }
    if !waiting.isEmpty {
      return Publication(.pending, link: link, reason: "waiting for \(waiting.joined(separator: ", "))")
    }
    return Publication(.delivered, link: link)
  }

  /// The servers that are told how a case ended. A Test API, and a file like one, take passes and failures only; paddles
  /// has no place for what the plan skips.
  private func takers(of item: CaseState) -> [String] {
    let servers = header?.servers ?? []
    if item.finalVerdict == .pass || item.finalVerdict == .fail { return servers }
    return servers.filter { $0.hasPrefix("avocado+") || item.skipped == nil && $0.hasPrefix("paddles+") }
  }
}
