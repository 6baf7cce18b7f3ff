import CSpawn
import Glibc
import Model
import Wire

/// The environment of an attempt: a clean base instead of whatever the login left, the SUT's variables, the order's, and
/// what Sortie tells every case.
enum CaseEnvironment {
  /// The whole environment. Of two equal names the later source wins: base, run, order, Sortie.
  static func make(
    order: AttemptOrder, context: SlotContext, work: String, temporary: String, base: [String: String]
  ) -> [String: String] {
    var result = ["LANG": "C.UTF-8", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    for name in ["HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TZ", "USER"] { result[name] = base[name] ?? result[name] }
    result.merge(context.environment) { $1 }
    result.merge(order.environment) { $1 }
    result["TMPDIR"] = temporary
    result["SORTIE_RUN"] = context.run.rawValue
    result["SORTIE_UNIT"] = order.unit.rawValue
    result["SORTIE_CASE"] = order.id.rawValue
    result["SORTIE_ATTEMPT"] = order.attempt.rawValue
    result["SORTIE_PREFIX"] = prefix(order.attempt)
    result["SORTIE_WORK"] = work
    return result
  }

  /// `s` and seven letters and digits that are this attempt's alone: what a case creates outside its directory should
  /// carry it, and a clean-up should touch nothing else.
  static func prefix(_ attempt: AttemptID) -> String {
    var hash = SHA256()
    hash.update(Array(attempt.rawValue.utf8))
    let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
    return "s" + String(decoding: hash.finish().prefix(7).map { digits[Int($0) % 36] }, as: UTF8.self)
  }

  /// The environment of this process.
  static func ofProcess() -> [String: String] {
    var result: [String: String] = [:]
    guard var entry = sortie_environment() else { return result }
    while let text = entry.pointee {
      let pair = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pair.count == 2 { result[String(pair[0])] = String(pair[1]) }
      entry += 1
    }
    return result
  }
}
