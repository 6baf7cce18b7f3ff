/// Checks any file that people write.
public enum DefinitionCheck {
  /// Everything that is wrong with a catalog file or folder, a lab file or a SUT file: what it is shows in its keys.
  ///
  /// - Parameter environment: The process's own variables, for the secrets of a SUT.
  public static func check(path: String, environment: [String: String]) -> Diagnostics {
    guard let source = try? SourceText.read(path), let root = YAMLDocument.read(source, Findings()) else {
      return CatalogReader.check(path: path)
    }
    do throws(Diagnostics) {
      if root["nodes"] != nil { return try LabReader.read(path: path).diagnostics }
      if root["tiers"] == nil, SUTReader.keys.dropFirst().contains(where: { root[$0] != nil }) {
        return try SUTReader.read(path: path, environment: environment).diagnostics
      }
    } catch {
      return error
    }
    return CatalogReader.check(path: path)
  }
}
