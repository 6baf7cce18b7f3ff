import Foundation

/// The executables under test, and the interpreter for cases in Python.
enum Binaries {
  private static let environment = ProcessInfo.processInfo.environment
  /// The folder of the test bundle, where the build leaves executables, too.
  private static let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    .map { ($0 as NSString).deletingLastPathComponent }

  /// `SORTIE_TEST_BINARY`, else `sortie` beside this test bundle (the test runner may lie elsewhere: then the bundle is
  /// among the arguments).
  static let sortie: String = {
    if let named = environment["SORTIE_TEST_BINARY"] { return named }
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
    let folders = [bundle.map { ($0 as NSString).deletingLastPathComponent }, own].compactMap { $0 }
    let found = folders.map { $0 + "/sortie" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    return found ?? ".build/debug/sortie"
  }()

  /// `SORTIE_AGENT`, else the one beside `sortie`.
  static let agent = environment["SORTIE_AGENT"] ?? (sortie as NSString).deletingLastPathComponent + "/sortie-agent"

  /// An interpreter with pytest and Robot Framework; nil: nobody named one.
  static let python = environment["SORTIE_TEST_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }

  /// An interpreter with the other worlds' clients; nil: nobody named one.
  static let clients = environment["SORTIE_TEST_CLIENTS"].flatMap { $0.isEmpty ? nil : $0 }

  /// The checkout that these tests were built from.
  static let checkout = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path

  /// The user's search path without the folders of the user's own.
  static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}
