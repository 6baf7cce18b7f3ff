/// A text on one line of at most `limit` characters: whatever breaks lines or moves cursors becomes
/// one space.
func oneLine(_ text: String, limit: Int) -> String {
  var line = ""
  var length = 0
  var endsInSpace = true
  for character in text {
    let isSpace =
      character.isWhitespace || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    if isSpace, endsInSpace { continue }
    guard length < limit, line.utf8.count < limit * 4 else { return line.dropLast() + "…" }
    line.append(isSpace ? " " : character)
    length += 1
    endsInSpace = isSpace
  }
  return endsInSpace ? String(line.dropLast()) : line
}

/// A number with at most one decimal: `30`, `0.5`.
func decimal(_ number: Double) -> String {
  guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
  let tenths = (number * 10).rounded()
  let whole = Int64(tenths / 10)
  let rest = Int64(abs(tenths.truncatingRemainder(dividingBy: 10)))
  guard rest != 0 else { return "\(whole)" }
  return "\(tenths < 0 && whole == 0 ? "-" : "")\(whole).\(rest)"
}

/// `66.7 %`, rounded down so that a shortfall never reads as 100 %.
func percent(_ number: Double) -> String { decimal((number * 10).rounded(.down) / 10) + " %" }
