import Simulation

let words = CommandLine.arguments.dropFirst()
func value(of name: String) -> UInt64? {
  guard let place = words.firstIndex(of: name), place + 1 < words.endIndex else { return nil }
  return UInt64(words[place + 1])
}
let sabotage = words.firstIndex(of: "--sabotage").flatMap { Sabotage(rawValue: words[$0 + 1]) }
if let seed = value(of: "--seed") {
  let played = Simulation.play(seed, sabotage: sabotage, isTraced: words.contains("--trace"))
  for line in played.trace { print(line) }
  for line in played.violations { print("VIOLATED: \(line)") }
}
if let count = value(of: "--seeds") {
  let from = value(of: "--from") ?? 1
  var bad = 0
  for seed in from..<(from + count) {
    let played = Simulation.play(seed, sabotage: sabotage)
    if !played.violations.isEmpty { bad += 1; print(seed, played.violations.prefix(2)) }
  }
  print("\(bad) of \(count) bad")
}
