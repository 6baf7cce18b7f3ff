import Glibc
import Simulation

/// `soak --seeds N [--from M]` plays N worlds and says which are bad; `soak --seed N [--trace]` plays one, and shows
/// what happened in it; `soak --small` explores the small worlds. `--sabotage NAME` puts a deliberate bug in.
struct Arguments {
  private let words: [String]

  init(_ words: [String]) { self.words = words }

  func has(_ name: String) -> Bool { words.contains(name) }

  func text(_ name: String) -> String? {
    guard let place = words.firstIndex(of: name), place + 1 < words.count else { return nil }
    return words[place + 1]
  }

  func number(_ name: String) -> UInt64? { text(name).flatMap { UInt64($0) } }
}

func say(_ line: String) {
  print(line)
  fflush(nil)
}

func playOne(_ seed: UInt64, _ sabotage: Sabotage?, isTraced: Bool) -> Bool {
  let played = Simulation.play(seed, sabotage: sabotage, isTraced: isTraced)
  for line in played.trace { print(line) }
  for line in played.violations { print("violated: \(line)") }
  say("seed \(seed): \(played.violations.isEmpty ? "good" : "bad"), \(played.steps) steps")
  return played.violations.isEmpty
}

func playMany(_ seeds: Range<UInt64>, _ sabotage: Sabotage?) async -> Bool {
  let begin = ContinuousClock.now
  let bad = await Soak.play(seeds, sabotage: sabotage, workers: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) { played in
    say("seed \(played.seed): \(played.violations[0])\n    make soak SEED=\(played.seed)")
  }
  let seconds = (ContinuousClock.now - begin) / .seconds(1)
  let rate = Int(Double(seeds.count) / max(seconds, 0.001))
  say("\(seeds.count) seeds from \(seeds.lowerBound): \(bad.count) bad, \(rate) seeds/s")
  return bad.isEmpty
}

func exploreSmallWorlds() async -> Bool {
  let worlds = SmallWorlds()
  let places = worlds.places(stride: Int(arguments.number("--stride") ?? 1))
  say("\(worlds.coordinatorSteps) steps of the coordinator, \(worlds.steps) of the world: \(places.count) places")
  let bad = await Soak.each(count: places.count) { index -> String? in
    let violations = SmallWorlds.violations(at: places[index])
    return violations.first.map { "\(places[index]): \($0)" }
  }
  for line in bad { say(line) }
  say("\(places.count) small worlds: \(bad.count) bad")
  return bad.isEmpty
}

let arguments = Arguments(Array(CommandLine.arguments.dropFirst()))
let sabotage = arguments.text("--sabotage").flatMap { Sabotage(rawValue: $0) }
let isGood: Bool
if let seed = arguments.number("--seed") {
  isGood = playOne(seed, sabotage, isTraced: arguments.has("--trace"))
} else if arguments.has("--small") {
  isGood = await exploreSmallWorlds()
} else {
  let from = arguments.number("--from") ?? 1
  isGood = await playMany(from..<from + (arguments.number("--seeds") ?? 2000), sabotage)
}
exit(isGood ? 0 : 1)
