import Foundation

/// A case that prints numbered lines, notes that it has begun, and sees to it that it is alive only once.
struct Talker: Sendable {
  let name: String
  /// How many lines `NAME N` it prints.
  var lines = 200
  /// Whether its last line, `NAME last`, has no newline.
  var isUnended = false
  var fails = false
  /// Seconds between the first half of its lines and the second.
  var pause = 0.0
  /// Leaves a daemon behind that ignores TERM.
  var leaves = false
  /// A text that a shell carries out between the halves.
  var between = ""
  /// A text that a shell carries out at the end.
  var after = ""

  /// What its raw log must hold, byte for byte.
  var log: Data {
    var text = ""
    for number in stride(from: 1, through: lines, by: 1) { text += "\(name) \(number)\n" }
    return Data((text + "\(name) last" + (isUnended ? "" : "\n")).utf8)
  }

  /// Its lines in a catalog.
  var yaml: String {
    let half = lines / 2
    return """
            - case_name: \(name)
              run:
                name: bashfeature
                args:
                  cmd: |
                    exec 9> '<site>/alive.\(name)'
                    flock -n 9 || echo "$SORTIE_ATTEMPT" >> '<site>/twice'
                    echo "$SORTIE_ATTEMPT" >> '<site>/begun'
                    \(leaves ? "setsid '<site>/stayer' 9>&- &" : ":")
                    seq -f '\(name) %.0f' 1 \(half)
                    \(pause > 0 ? "sleep \(pause)" : ":")
                    \(between.isEmpty ? ":" : between)
                    seq -f '\(name) %.0f' \(half + 1) \(lines)
                    printf '\(name) last\(isUnended ? "" : "\\n")'
                    \(after.isEmpty ? ":" : after)
                    exit \(fails ? 1 : 0)

      """
  }

  /// Some of everything: short and long, passing and failing, with and without a last newline, with daemons.
  static func mixed(_ count: Int, lines: Int = 200, pause: Double = 0.05) -> [Talker] {
    (1...count).map { number in
      Talker(
        name: "c\(number < 10 ? "0" : "")\(number)", lines: lines + 37 * number, isUnended: number % 4 == 0,
        fails: number % 5 == 2, pause: number % 3 == 0 ? pause * 4 : pause, leaves: number % 3 == 1)
    }
  }
}

extension Site {
  /// Writes a catalog of them; returns its path.
  func write(_ talkers: [Talker]) throws -> String {
    let stayer = try write("stayer", "#!/bin/sh\ntrap '' TERM HUP\nread _ < '\(folder)/never'\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stayer)
    let never = folder + "/never"
    if !FileManager.default.fileExists(atPath: never) { mkfifo(never, 0o600) }
    let text = "sortie: 1\ntiers:\n  - name: talk\n    testcases:\n" + talkers.map(\.yaml).joined()
    return try write("talkers.yaml", text.filling(["site": folder]))
  }

  /// What runs them.
  func arguments(_ talkers: [Talker], _ options: [String] = []) throws -> [String] {
    ["run", "--catalog", try write(talkers), "--lab", lab, "--state", state] + options
  }
}
