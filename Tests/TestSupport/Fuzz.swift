import Dispatch
import Glibc
import Model
import Synchronization

/// Gives broken inputs to a target: for two seconds in the tests, a given number of them for `make fuzz`. Each input comes
/// from a seed of its own, so that one command shows it again.
///
/// - `SORTIE_FUZZ`: How many inputs; each then also counts against the process's memory.
/// - `SORTIE_FUZZ_START`: The first seed; 1 unless set.
/// - `SORTIE_FUZZ_SEED`: Only this input.
/// - `SORTIE_FUZZ_MARK`: A file that holds the current seed, for whoever finds that the process has died.
public final class Fuzz: Sendable {
  private let target: String
  private let mutator: Mutator
  private let current = Atomic<UInt64>(0)

  /// Seconds that no input may take.
  private static let patience = 60
  /// Bytes by which the process may grow over all inputs.
  private static let growthLimit = 512 << 20

  /// - Parameter target: The name that `.ci/fuzz` knows it by.
  public init(_ target: String, _ mutator: Mutator) {
    self.target = target
    self.mutator = mutator
  }

  /// Gives every input to `check`, with its seed. Returns how many there were.
  ///
  /// - Throws: What `check` throws for an input, with the command that shows it again.
  @discardableResult
  public func run(_ check: (UInt64, [UInt8]) throws -> Void) throws -> Int {
    if let only = Fuzz.number("SORTIE_FUZZ_SEED") {
      try give(UInt64(only), check)
      return 1
    }
    let watch = watch()
    defer { watch.cancel() }
    let mark = getenv("SORTIE_FUZZ_MARK").map { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
    defer { if let mark { close(mark) } }
    let first = Fuzz.number("SORTIE_FUZZ_START") ?? 1
    let count = Fuzz.number("SORTIE_FUZZ")
    let end = ContinuousClock.now + .seconds(2)
    let memory = Fuzz.residentBytes
    var done = 0
    while done < count ?? .max, count != nil || done < 50 || ContinuousClock.now < end {
      let seed = UInt64(first + done)
      if let mark { note(seed, mark) }
      try give(seed, check)
      done += 1
      guard count != nil, done % 4096 == 0 else { continue }
      let growth = Fuzz.residentBytes - memory
      guard growth <= Fuzz.growthLimit else {
        throw Fault(.limit, "\(target): the process grew by \(growth >> 20) MiB up to seed \(seed)", hint: again(seed))
      }
    }
    return done
  }

  private func give(_ seed: UInt64, _ check: (UInt64, [UInt8]) throws -> Void) throws {
    current.store(seed, ordering: .relaxed)
    do {
      try check(seed, mutator.input(seed))
    } catch {
      throw Fault(.damaged, "\(target): seed \(seed): \(error)", hint: again(seed))
    }
  }

  private func again(_ seed: UInt64) -> String { "SORTIE_FUZZ_SEED=\(seed) .ci/fuzz \(target)" }

  /// Ends the process when an input takes too long.
  private func watch() -> any DispatchSourceTimer {
    let timer = DispatchSource.makeTimerSource()
    let last = Mutex((seed: UInt64(0), seconds: 0))
    timer.schedule(deadline: .now() + 1, repeating: 1)
    timer.setEventHandler { [self] in
      let seed = current.load(ordering: .relaxed)
      let seconds = last.withLock { last in
        last = last.seed == seed ? (seed, last.seconds + 1) : (seed, 0)
        return last.seconds
      }
      guard seconds >= Fuzz.patience else { return }
      let text = "\(target): seed \(seed) takes more than \(Fuzz.patience) s; again: \(again(seed))\n"
      _ = text.withCString { write(2, $0, strlen($0)) }
      abort()
    }
    timer.resume()
    return timer
  }

  private func note(_ seed: UInt64, _ mark: Int32) {
    var text = String(seed)
    text = String(repeating: "0", count: max(0, 20 - text.count)) + text + "\n"
    _ = text.withUTF8 { pwrite(mark, $0.baseAddress, $0.count, 0) }
  }

  private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

  /// What the process has in memory.
  private static var residentBytes: Int {
    let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return 0 }
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 128)
    let count = read(file, &text, text.count)
    let fields = text.prefix(max(0, count)).split(separator: 32)
    return fields.count > 1 ? (Int(String(decoding: fields[1], as: UTF8.self)) ?? 0) * 4096 : 0
  }
}
