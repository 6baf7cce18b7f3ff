import Model

extension Paddles {
  /// A machine of the lab, and who holds it.
  public struct Node: Hashable, Sendable {
    /// What a node says about itself in text; each is a key of that name.
    public enum Attribute: String, CaseIterable, Sendable {
      case description, arch
      case machineType = "machine_type"
      case osType = "os_type"
      case osVersion = "os_version"
      case macAddress = "mac_address"
      case sshKey = "ssh_pub_key"
    }

    /// Who holds a node. It has no end: whoever took it gives it back.
    public struct Lock: Hashable, Sendable {
      /// Who took it, as `user@host`.
      public var owner: String
      /// When it was taken.
      public var since: Timestamp

      /// Makes a lock.
      public init(owner: String, since: Timestamp) {
        self.owner = owner
        self.since = since
      }
    }

    /// The name, unique.
    public var name: String
    /// What it says about itself; what is missing is null.
    public var attributes: [Attribute: String]
    /// Whether it may be used; nil: nobody said.
    public var up: Bool?
    /// Whether it is a virtual machine.
    public var isVM: Bool
    /// The name of the node that it runs on.
    public var host: String?
    /// Who holds it; nil: it is free.
    public var lock: Lock?

    /// Makes a node; without more than a name, one that nobody has said anything about.
    public init(
      name: String, attributes: [Attribute: String] = [:], up: Bool? = nil, isVM: Bool = false, host: String? = nil,
      lock: Lock? = nil
    ) {
      self.name = name
      self.attributes = attributes
      self.up = up
      self.isVM = isVM
      self.host = host
      self.lock = lock
    }
  }
}

extension Paddles.Node {
  /// The name that a POST gives a node.
  /// - Throws: 400 for one that is missing, empty, no text, too long, or no segment of a path.
  public static func name(_ body: Paddles.Fields) throws(Paddles.Refusal) -> String {
    guard let name = try body.text("name"), !name.isEmpty else { throw .missing("name") }
    return try Paddles.segment(name, "name")
  }

  /// Makes a node of what a POST says. That it is free may be said of a new one.
  /// - Throws: 400 if it is locked for nobody: nobody could ever unlock it.
  public init(name: String, _ update: Paddles.NodeUpdate, now: Timestamp) throws(Paddles.Refusal) {
    self.init(name: name)
    var update = update
    if update.locked == false { update.locked = nil }
    try self.update(update, now: now)
  }

  /// Takes a free node.
  /// - Throws: 400 without an owner, 403 if it is taken.
  public mutating func lock(
    by owner: String?, description: Paddles.Setting<String> = .keep, now: Timestamp
  ) throws(Paddles.Refusal) {
    try update(Paddles.NodeUpdate(locked: true, owner: owner, description: description), now: now)
  }

  /// Gives a node back; its description stays.
  /// - Throws: 400 without an owner, 403 if it is free or another's.
  public mutating func unlock(by owner: String?, now: Timestamp) throws(Paddles.Refusal) {
    try update(Paddles.NodeUpdate(locked: false, owner: owner), now: now)
  }

  /// Changes what an update names, by the rules of locks; a refused update changes nothing.
  /// - Throws: 400 or 403 for what the rules forbid.
  public mutating func update(_ update: Paddles.NodeUpdate, now: Timestamp) throws(Paddles.Refusal) {
    let before = lock
    lock = try lock(after: update, now: now)
    // Whoever gives it back may say its description again; it says what the node was used for last.
    let isGivenBack = before != nil && lock == nil
    for (attribute, setting) in update.attributes where attribute != .description || !isGivenBack {
      setting.apply(to: &attributes[attribute])
    }
    update.up.apply(to: &up)
    update.host.apply(to: &host)
    isVM = update.isVM ?? isVM
  }

  /// The rules of locks: the contract's paddles.md, section 1.5.
  private func lock(after update: Paddles.NodeUpdate, now: Timestamp) throws(Paddles.Refusal) -> Lock? {
    let owner = update.owner
    guard let wanted = update.locked, wanted != (lock != nil) else {
      if let wanted = update.locked { try allowSameAgain(wanted, update) }
      // Holder and time of a lock may be put right; a free node has neither.
      return lock.map { Lock(owner: owner ?? $0.owner, since: update.lockedSince ?? $0.since) }
    }
    guard let owner else {
      throw .invalid("Cannot \(wanted ? "lock" : "unlock") without specifying locked_by")
    }
    guard let lock else { return Lock(owner: owner, since: now) }
    guard owner == lock.owner else { throw .forbidden("Cannot unlock - locked_by values must match") }
    if case .set(let text)? = update.attributes[.description], !text.isEmpty, text != attributes[.description] {
      throw .forbidden("Cannot unlock - description values must match")
    }
    return nil
  }

  /// To lock what is locked, or unlock what is free, is fine for whoever did it before: with the same owner and
  /// description.
  private func allowSameAgain(_ wanted: Bool, _ update: Paddles.NodeUpdate) throws(Paddles.Refusal) {
    if case .set(let text)? = update.attributes[.description], text == attributes[.description],
      update.owner == lock?.owner
    {
      return
    }
    let verb = wanted ? "lock" : "unlock"
    throw .forbidden("Cannot \(verb) an already-\(verb)ed node")
  }
}
