import Glibc
import Model

extension CatalogFile {
  /// Relative paths that stay in their folder.
  func confined(_ fields: Fields, _ key: String) -> [(text: String, location: SourceLocation)] {
    fields.texts(key).filter { path, location in
      guard !isConfinedPath(path) else { return true }
      findings.error(
        "\(fields.subject): `\(key)`: \"\(path.prefix(80))\" does not stay in its folder", at: location,
        hint: "write a relative path without `.` and `..`")
      return false
    }
  }

  /// Files and folders beside the catalog; one that does not exist is a fault.
  func files(_ fields: Fields) -> [String] {
    confined(fields, "files").map { path, location in
      var status = stat()
      if stat(folder + "/" + path, &status) != 0 {
        findings.error("\(fields.subject): there is no \(path) beside the catalog", at: location)
      }
      return path
    }
  }

  /// `locks`: a list of `NAME`, `NAME:shared`, `NAME:exclusive` or `{name: NAME, mode: MODE}`; exclusive unless said.
  func locks(_ fields: Fields) -> [LockRequest] {
    guard let node = fields.value("locks") else { return [] }
    var requests: [LockRequest] = []
    var names: Set<String> = []
    for item in node.sequence ?? [node] {
      guard let request = lock(item, fields) else { continue }
      if names.insert(request.name).inserted {
        requests.append(request)
      } else {
        findings.error("\(fields.subject): the lock \(request.name) is named twice", at: item.location)
      }
    }
    return requests
  }

  private func lock(_ item: YAMLNode, _ fields: Fields) -> LockRequest? {
    var name: String?
    var mode: String?
    if item.mapping != nil {
      guard let inner = Fields(item, "\(fields.subject): lock", findings) else { return nil }
      inner.warnOfUnknown(known: ["name", "mode"])
      (name, mode) = (inner.text("name"), inner.text("mode"))
    } else if let text = item.scalar?.text, !item.isNull {
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      (name, mode) = (parts.first, parts.count > 1 ? parts[1] : nil)
    }
    guard let name, Names.objection(name) == nil, let known = LockRequest.Mode(rawValue: mode ?? "exclusive") else {
      findings.error(
        "\(fields.subject): this is no lock", at: item.location,
        hint: "write `NAME`, `NAME:shared` or `{name: NAME, mode: shared}`")
      return nil
    }
    return LockRequest(name, known)
  }

  /// `requires`: node labels, as a map or as a list of `LABEL` and `LABEL=VALUE`.
  func requires(_ fields: Fields) -> [String: String] {
    guard let node = fields.value("requires") else { return [:] }
    var labels: [String: String] = [:]
    func add(_ key: String, _ value: String, at location: SourceLocation) {
      if let objection = Labels.objection(key, value) {
        findings.error("\(fields.subject): the label \"\(key.prefix(80))\" \(objection)", at: location)
      } else if labels.updateValue(value, forKey: key) != nil {
        findings.error("\(fields.subject): the label \(key) is required twice", at: location)
      }
    }
    if let entries = node.mapping {
      for entry in entries {
        if let scalar = entry.value.scalar {
          add(entry.key, entry.value.isNull ? "" : scalar.text, at: entry.location)
        } else {
          _ = fields.wrong("requires", entry.value, "must map labels to texts") as String?
        }
      }
      return labels
    }
    for (text, location) in fields.texts("requires") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      add(parts[0], parts.count > 1 ? parts[1] : "", at: location)
    }
    return labels
  }
}

/// Labels of nodes, in the lab file and in what cases require.
enum Labels {
  /// What is wrong with a label; nil if nothing is.
  static func objection(_ key: String, _ value: String) -> String? {
    if key.isEmpty || key.utf8.count > 64 || value.utf8.count > 256 { return "is empty or too long" }
    let isPlain = (key + value).unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 && $0 != "," && $0 != "=" }
    return isPlain ? nil : "has white space, `,` or `=`"
  }
}
