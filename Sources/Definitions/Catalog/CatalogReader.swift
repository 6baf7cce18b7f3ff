import Foundation
import Model

/// Reads catalogs: a file, or all files of a folder, of any generation.
public enum CatalogReader {
  /// The largest number of files in a catalog folder.
  static let fileLimit = 1000

  /// Reads a catalog.
  ///
  /// - Parameter path: A file, or a folder whose `*.yaml` and `*.yml` files are read in the order of their names.
  /// - Returns: The catalog, and warnings.
  /// - Throws: Everything that makes the catalog unusable, at once.
  public static func read(path: String) throws(Diagnostics) -> (catalog: Catalog, diagnostics: Diagnostics) {
    let findings = Findings()
    let catalog = read(path, findings)
    let diagnostics = findings.diagnostics
    guard diagnostics.errors.isEmpty else { throw diagnostics }
    return (catalog, diagnostics)
  }

  /// Everything that is wrong with a catalog, with the texts that the faults point into.
  ///
  /// - Parameter path: A file or a folder, as in ``read(path:)``.
  public static func check(path: String) -> Diagnostics {
    let findings = Findings()
    _ = read(path, findings)
    return findings.diagnostics
  }

  /// Reads one catalog file whose text is at hand.
  ///
  /// - Parameter folder: The folder that the file's `files:` are relative to.
  /// - Throws: Everything that makes the catalog unusable, at once.
  public static func read(
    _ source: SourceText, folder: String
  ) throws(Diagnostics) -> (catalog: Catalog, diagnostics: Diagnostics) {
    let findings = Findings()
    let catalog = merge([part(source, folder: folder, findings)].compactMap(\.self), findings)
    let diagnostics = findings.diagnostics
    guard diagnostics.errors.isEmpty else { throw diagnostics }
    return (catalog, diagnostics)
  }

  private static func read(_ path: String, _ findings: Findings) -> Catalog {
    var parts: [CatalogPart] = []
    for file in files(of: path, findings) {
      do throws(Fault) {
        let source = try SourceText.read(file)
        if let part = part(source, folder: folder(of: file), findings) { parts.append(part) }
      } catch {
        findings.error(error)
      }
    }
    return merge(parts, findings)
  }

  private static func part(_ source: SourceText, folder: String, _ findings: Findings) -> CatalogPart? {
    guard let root = YAMLDocument.read(source, findings) else { return nil }
    return CatalogFile(generation: .of(root), folder: folder, findings: findings).read(root)
  }

  private static func files(of path: String, _ findings: Findings) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      return [path]
    }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      findings.error(Fault(.system, "the folder \(path) cannot be read"))
      return []
    }
    let catalogs = names.filter { name in
      !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    if catalogs.isEmpty { findings.error(Fault(.notFound, "there is no *.yaml file in \(path)")) }
    if catalogs.count > fileLimit {
      findings.error(Fault(.limit, "\(path) has more than \(fileLimit) catalog files"))
      return []
    }
    return catalogs.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  /// The absolute folder of a file: a resumed run may stand elsewhere.
  static func folder(of file: String) -> String {
    let absolute = file.hasPrefix("/") ? file : FileManager.default.currentDirectoryPath + "/" + file
    let folder = URL(fileURLWithPath: absolute).standardizedFileURL.deletingLastPathComponent().path
    return folder.isEmpty ? "/" : folder
  }
}
