import Model

/// Reads the description of a system under test.
public enum SUTReader {
  static let keys = ["sortie", "name", "installer", "scenario", "version", "env", "secrets"]

  /// Reads a SUT file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - environment: The process's own variables. A secret that the file's `env` does not set is taken from there, so
  ///     that it need not stand in a file.
  /// - Throws: Everything that makes the file unusable, at once.
  public static func read(
    path: String, environment: [String: String]
  ) throws(Diagnostics) -> (sut: SUT, diagnostics: Diagnostics) {
    let source: SourceText
    do throws(Fault) { source = try SourceText.read(path) } catch { throw Diagnostics(error) }
    return try read(source, environment: environment)
  }

  /// Reads a SUT file whose text is at hand.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - environment: The process's own variables, as in ``read(path:environment:)``.
  /// - Throws: Everything that makes the file unusable, at once.
  public static func read(
    _ source: SourceText, environment: [String: String]
  ) throws(Diagnostics) -> (sut: SUT, diagnostics: Diagnostics) {
    let findings = Findings()
    var sut = SUT()
    if let root = YAMLDocument.read(source, findings), let top = Fields(root, "the SUT", findings) {
      checkVersion(top, "SUT files")
      top.warnOfUnknown(known: keys)
      sut.name = name(top)
      sut.installer = top.text("installer")
      sut.scenario = top.text("scenario")
      sut.version = top.text("version")
      sut.environment = top.environment("env")
      readSecrets(top, environment, into: &sut)
    }
    let diagnostics = findings.diagnostics
    guard diagnostics.errors.isEmpty else { throw diagnostics }
    return (sut, diagnostics)
  }

  /// The pod's name goes into addresses of the collection API.
  private static func name(_ top: Fields) -> String? {
    guard let node = top.value("name"), let name = top.text("name") else { return nil }
    if isPathComponent(name) { return name }
    return top.wrong("name", node, "must be 1 to 200 bytes without `/` and control characters")
  }

  private static func readSecrets(_ top: Fields, _ environment: [String: String], into sut: inout SUT) {
    var names: Set<String> = []
    for (secret, location) in top.texts("secrets") {
      guard let value = sut.environment[secret] ?? environment[secret] else {
        top.findings.error(
          "the secret \(secret.prefix(80)) is set neither in `env` nor in the environment", at: location,
          hint: Nearest.question(secret, among: sut.environment.keys.sorted()) ?? "export it before the run")
        continue
      }
      sut.environment[secret] = value
      if names.insert(secret).inserted { sut.secrets.append(secret) }
    }
  }
}
