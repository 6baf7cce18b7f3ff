import Foundation

/// Verbs that tests need of the binary under test.
enum Feature {
  static let verify = listed("verify")
  static let resume = listed("resume")
  static let stop = listed("stop")
  static let outbox = listed("outbox")

  private static let help: String = {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: Binaries.sortie)
    process.arguments = ["--help"]
    process.standardOutput = pipe
    guard (try? process.run()) != nil else { return "" }
    defer { process.waitUntilExit() }
    return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  }()

  private static func listed(_ verb: String) -> Bool { help.contains("\n  \(verb) ") }
}
