/// Seconds as the table users know writes them: `MM:SS`, truncated; 100 minutes and more take more digits.
func minutesAndSeconds(_ seconds: Double) -> String {
  let whole = Int(max(0, min(seconds.isFinite ? seconds : 0, 1e9)))
  return twoDigits(whole / 60) + ":" + twoDigits(whole % 60)
}

/// Seconds for people: `0.42 s`, `12.3 s`, `02:03`, `1:02:03`.
func spoken(_ seconds: Double) -> String {
  let seconds = max(0, min(seconds.isFinite ? seconds : 0, 1e9))
  if seconds < 10 { return decimal(seconds, digits: 2) + " s" }
  if seconds < 60 { return decimal(seconds, digits: 1) + " s" }
  let whole = Int(seconds)
  if whole < 3600 { return minutesAndSeconds(seconds) }
  return "\(whole / 3600):\(twoDigits(whole / 60 % 60)):\(twoDigits(whole % 60))"
}

/// A number with up to six decimals, as JSON and XML like it: `12`, `12.5`.
func plainNumber(_ number: Double) -> String {
  guard number.isFinite else { return "0" }
  if number == number.rounded(), number.magnitude < 1e15 { return String(Int64(number)) }
  var text = decimal(min(max(number, -1e12), 1e12), digits: 6)
  while text.hasSuffix("0") { text.removeLast() }
  return text
}

/// Truncated, not rounded, so that 59.99 s never reads as 60.
private func decimal(_ number: Double, digits: Int) -> String {
  let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
  let scaled = Int64((number.magnitude * Double(scale) + 1e-6).rounded(.down))
  let fraction = String(scaled % Int64(scale))
  let zeros = String(repeating: "0", count: digits - fraction.count)
  return (number < 0 ? "-" : "") + "\(scaled / Int64(scale)).\(zeros)\(fraction)"
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
