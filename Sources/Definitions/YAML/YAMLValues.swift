import Model

/// YAML that nobody wrote for Sortie, read as plain values: what other programs left in their archives.
public enum YAMLValues {
  /// Reads one document, within the limits of every YAML file here: 16 MiB, 64 levels, a million nodes.
  /// - Throws: Everything that makes the file unusable, at once.
  public static func read(path: String) throws(Diagnostics) -> JSONValue {
    let source: SourceText
    do throws(Fault) { source = try SourceText.read(path) } catch { throw Diagnostics(error) }
    return try read(source)
  }

  /// Reads one document whose text is at hand.
  /// - Throws: Everything that makes it unusable, at once.
  public static func read(_ source: SourceText) throws(Diagnostics) -> JSONValue {
    let findings = Findings()
    let value = YAMLDocument.read(source, findings)?.json(findings) ?? .null
    guard findings.diagnostics.errors.isEmpty else { throw findings.diagnostics }
    return value
  }
}
