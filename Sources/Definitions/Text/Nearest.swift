/// A question for a hint: the candidate that a mistyped name probably means.
enum Nearest {
  /// `did you mean "vping_ssh"?`, or nil if nothing is near.
  static func question(_ name: String, among candidates: some Sequence<String>) -> String? {
    nearest(name, among: candidates).map { "did you mean \"\($0)\"?" }
  }

  private static func nearest(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(64))
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let scalars = Array(candidate.lowercased().unicodeScalars.prefix(64))
      let allowed = min(max(wanted.count, scalars.count) / 3, (best?.distance ?? 4) - 1)
      guard abs(scalars.count - wanted.count) <= allowed else { continue }
      let distance = distance(wanted, scalars)
      if distance <= allowed { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two short texts.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var before = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
        var cost = min(previous[column + 1] + 1, current[column] + 1, replaced)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, before[column - 1] + 1)
        }
        current.append(cost)
      }
      before = previous
      previous = current
    }
    return previous[right.count]
  }
}
