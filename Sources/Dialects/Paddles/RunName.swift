import Model

extension Paddles {
  /// What a run's name says: `user-2013-09-25_23:00:06-suite-branch-kernel_branch-flavor[-machine_type[-distro]]`.
  /// Suite and branch may hold hyphens themselves, so suites are known by a list; what ends in none of the forms is read
  /// by a looser one. The original does this with greedy expressions; here every part is found from its known neighbour,
  /// in time proportional to the name and the list.
  public struct RunName: Hashable, Sendable {
    /// Who scheduled it.
    public var user = ""
    /// For when, in UTC; nil: the name does not say.
    public var scheduled: Timestamp?
    /// The suite.
    public var suite = ""
    /// The branch.
    public var branch = ""
    /// The machine type; only those that old labs had are known in names.
    public var machineType = ""

    /// Reads a name; one of no known form says nothing.
    /// - Parameter secondsEast: the zone that the name's time is in.
    public init(_ name: String, secondsEast: (Timestamp) -> Int) {
      let bytes = Array(name.utf8)
      guard !bytes.contains(UInt8(ascii: "\n")), let parts = Self.parts(bytes),
        let local = Paddles.time(Self.text(parts.scheduled))
      else { return }
      user = Self.trimmed(parts.user)
      scheduled = Paddles.utc(local, secondsEast)
      suite = Self.trimmed(parts.suite)
      branch = Self.trimmed(parts.branch)
      machineType = Self.trimmed(parts.machineType)
    }

    private struct Parts {
      var user: ArraySlice<UInt8>
      var scheduled: ArraySlice<UInt8>
      var suite: ArraySlice<UInt8>
      var branch: ArraySlice<UInt8>
      var machineType: ArraySlice<UInt8>
    }

    /// The ends of a name, the most telling first.
    private enum Ending: CaseIterable { case machineTypeAndDistro, machineType, none }

    private static func parts(_ name: [UInt8]) -> Parts? {
      let times = Self.times(in: name)
      for ending in Ending.allCases {
        for time in times {
          guard let (suite, branch, type) = strict(name[(time.upperBound + 1)...], ending) else { continue }
          return Parts(
            user: name[..<(time.lowerBound - 1)], scheduled: name[time], suite: suite, branch: branch,
            machineType: type)
        }
      }
      for time in times {
        guard let (suite, branch) = loose(name[(time.upperBound + 1)...]) else { continue }
        return Parts(
          user: name[..<(time.lowerBound - 1)], scheduled: name[time], suite: suite, branch: branch, machineType: [])
      }
      return nil
    }

    /// A known suite, a branch, a kernel branch, a flavor without hyphens, and the ending.
    private static func strict(_ rest: ArraySlice<UInt8>, _ ending: Ending)
      -> (suite: ArraySlice<UInt8>, branch: ArraySlice<UInt8>, type: ArraySlice<UInt8>)?
    {
      var rest = rest
      var type: ArraySlice<UInt8> = []
      if ending == .machineTypeAndDistro {
        guard let distro = dropLast(&rest), distros.contains(text(distro)) else { return nil }
      }
      if ending != .none {
        guard let last = dropLast(&rest), machineTypes.contains(text(last)) else { return nil }
        type = last
      }
      guard let flavor = dropLast(&rest), !flavor.isEmpty else { return nil }
      for suite in suites where rest.starts(with: suite.utf8) {
        guard let end = rest[(rest.startIndex + suite.utf8.count)...].firstIndex(of: hyphen),
          let branch = beforeKernelBranch(rest[(end + 1)...])
        else { continue }
        return (rest[..<end], branch, type)
      }
      return nil
    }

    /// `suite-branch-x-x-x`: the last four hyphens count.
    private static func loose(_ rest: ArraySlice<UInt8>) -> (suite: ArraySlice<UInt8>, branch: ArraySlice<UInt8>)? {
      var rest = rest
      for _ in 0..<3 { guard dropLast(&rest) != nil else { return nil } }
      guard let branch = dropLast(&rest) else { return nil }
      return (rest, branch)
    }

    /// The branch in `branch-kernel`: as long as can be, neither of the two empty.
    private static func beforeKernelBranch(_ rest: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
      guard rest.count >= 3, let end = rest[(rest.startIndex + 1)..<(rest.endIndex - 1)].lastIndex(of: hyphen) else {
        return nil
      }
      return rest[..<end]
    }

    /// Cuts off what stands behind the last hyphen; nil if there is none.
    private static func dropLast(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
      guard let end = rest.lastIndex(of: hyphen) else { return nil }
      defer { rest = rest[..<end] }
      return rest[(end + 1)...]
    }
  }
}

extension Paddles.RunName {
  private static let hyphen = UInt8(ascii: "-")

  /// Where times stand between hyphens, the last one first: a user may be named as one.
  private static func times(in name: [UInt8]) -> [Range<Int>] {
    name.indices.reversed().compactMap { index in
      guard name[index] == UInt8(ascii: "_") else { return nil }
      var (start, end) = (index, index + 1)
      for (limit, mark) in [(2, hyphen), (2, hyphen), (4, hyphen)] {
        let digits = name[..<start].suffix(limit).reversed().prefix { (48...57).contains($0) }.count
        guard digits > 0, start - digits > 0, name[start - digits - 1] == mark else { return nil }
        start -= digits + 1
      }
      for mark in [UInt8(ascii: ":"), UInt8(ascii: ":"), hyphen] {
        let digits = name[end...].prefix(2).prefix { (48...57).contains($0) }.count
        guard digits > 0, end + digits < name.count, name[end + digits] == mark else { return nil }
        end += digits + 1
      }
      return (start + 1)..<(end - 1)
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Without the blanks and hyphens at both ends.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
    let isEdge = { (byte: UInt8) in byte == hyphen || byte == 0x20 }
    let tail = bytes.drop(while: isEdge)
    return text(tail.prefix(tail.count - tail.reversed().prefix(while: isEdge).count))
  }

  private static let machineTypes: Set = ["burnupi", "mira", "plana", "saya", "tala", "vps"]
  private static let distros: Set = ["centos", "debian", "fedora", "opensuse", "rhel", "suse", "ubuntu"]

  /// The suites that the original knows; a name may go on behind them up to the next hyphen. Earlier ones go first.
  private static let suites = [
    "big", "ceph-deploy", "clusters", "dummy", "experimental", "fs", "hadoop", "iozone", "kcephfs", "knfs", "krbd",
    "marginal", "mixed-clients", "mount", "multimds", "nfs", "powercycle", "rados", "rbd", "rest", "rgw", "samba",
    "smoke", "stress", "tgt", "upgrade:dumpling-x:stress-split", "upgrade:dumpling-x", "upgrade:dumpling-emperor-x",
    "upgrade-cuttlefish", "upgrade-dumpling", "upgrade-fs", "upgrade-mixed-cluster", "upgrade-mixed-mons",
    "upgrade-parallel", "upgrade-rados-double", "upgrade-rados", "upgrade-rbd-double", "upgrade-rbd",
    "upgrade-rgw-double", "upgrade-rgw", "upgrade-small", "upgrade", "workload",
  ]
}
