import Foundation
import Model

/// Reads lab files: the inventory of nodes.
public enum LabReader {
  /// The keys of a lab file and of a node in it.
  static let topKeys = ["sortie", "nodes"]
  static let nodeKeys = [
    "name", "address", "host_key", "identity", "ssh_config", "labels", "slots", "directory", "python", "drained",
  ]

  /// Reads a lab file. Relative paths in it are resolved against its folder, `~/` against `home`.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - home: The user's home folder; nil: `~/` is a fault.
  /// - Throws: Everything that makes the file unusable, at once.
  public static func read(
    path: String, home: String? = NSHomeDirectory()
  ) throws(Diagnostics) -> (lab: Lab, diagnostics: Diagnostics) {
    let source: SourceText
    do throws(Fault) { source = try SourceText.read(path) } catch { throw Diagnostics(error) }
    return try read(source, folder: CatalogReader.folder(of: path), home: home)
  }

  /// Reads a lab file whose text is at hand.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - folder: What relative paths are resolved against.
  ///   - home: The user's home folder; nil: `~/` is a fault.
  /// - Throws: Everything that makes the file unusable, at once.
  public static func read(
    _ source: SourceText, folder: String, home: String? = nil
  ) throws(Diagnostics) -> (lab: Lab, diagnostics: Diagnostics) {
    let findings = Findings()
    let root = YAMLDocument.read(source, findings)
    let lab = root.flatMap { read($0, Paths(folder: folder, home: home), findings) }
    let diagnostics = findings.diagnostics
    guard diagnostics.errors.isEmpty, let lab else { throw diagnostics }
    return (lab, diagnostics)
  }

  /// Reads a lab, collecting faults; nil if it is none.
  static func read(_ root: YAMLNode, _ paths: Paths, _ findings: Findings) -> Lab? {
    guard let top = Fields(root, "the lab", findings) else { return nil }
    checkVersion(top, "lab files")
    top.warnOfUnknown(known: topKeys)
    if top["sortie"] == nil {
      findings.warn("the file does not say its version", at: top.location, hint: "begin it with `sortie: 1`")
    }
    guard let list = top.value("nodes") else { return Lab(nodes: []) }
    guard let items = list.sequence else {
      findings.error("`nodes` must be a list, and is \(list.kind)", at: list.location)
      return nil
    }
    let nodes = items.compactMap { node($0, paths, findings) }
    var first: [String: SourceLocation] = [:]
    for node in nodes {
      guard let location = node.location else { continue }
      if let place = first[node.name] {
        findings.error(
          "there are two nodes named \(node.name); the first is at \(place)", at: location, hint: "rename one of them")
      } else {
        first[node.name] = location
      }
    }
    return Lab(nodes: nodes)
  }

  private static func node(_ item: YAMLNode, _ paths: Paths, _ findings: Findings) -> Node? {
    guard var fields = Fields(item, "node", findings) else { return nil }
    let name = fields.name("name", limit: Names.nodeLimit)
    if fields.value("name") == nil { findings.error("the node has no `name`", at: fields.location) }
    fields.subject = "node \(name ?? "?")"
    fields.warnOfUnknown(known: nodeKeys)
    var node = Node(name: name ?? "?", address: address(fields) ?? .local, location: fields.location)
    node.hostKey = hostKey(fields, node.address)
    node.identity = path(fields, "identity", paths)
    node.sshConfig = path(fields, "ssh_config", paths)
    node.labels = labels(fields)
    node.slots = fields.integer("slots", in: 1...1024).map(Int.init)
    node.directory = absolute(fields, "directory")
    node.python = fields.text("python")
    node.isDrained = fields.bool("drained") ?? false
    return name == nil ? nil : node
  }

  private static func address(_ fields: Fields) -> Node.Address? {
    guard let node = fields.value("address"), let text = fields.text("address") else {
      if fields.value("address") == nil {
        fields.findings.error(
          "\(fields.subject) has no `address`", at: fields.location, hint: "write `user@host:port` or `local`")
      }
      return nil
    }
    do throws(Fault) {
      return try Node.Address(text)
    } catch {
      fields.findings.error("\(fields.subject): \(error.message)", at: node.location, hint: error.hint)
      return nil
    }
  }

  private static func hostKey(_ fields: Fields, _ address: Node.Address) -> String? {
    guard let node = fields.value("host_key"), let text = fields.text("host_key") else {
      if case .ssh = address, fields.value("host_key") == nil {
        fields.findings.error(
          "\(fields.subject) has no `host_key`, and host keys are always checked", at: fields.location,
          hint: "`sortie node add \(address.text)` shows the key's fingerprint and writes the entry")
      }
      return nil
    }
    if let objection = HostKeyText.objection(text) {
      fields.findings.error("\(fields.subject): the host key \(objection)", at: node.location)
    }
    return text.split(separator: " ").prefix(2).joined(separator: " ")
  }

  private static func labels(_ fields: Fields) -> [String: String] {
    guard let node = fields.value("labels") else { return [:] }
    guard let entries = node.mapping else { return fields.wrong("labels", node, "must map labels to texts") ?? [:] }
    var labels: [String: String] = [:]
    for entry in entries {
      let value = entry.value.isNull ? "" : entry.value.scalar?.text
      guard let value, Labels.objection(entry.key, value) == nil else {
        let why = value.flatMap { Labels.objection(entry.key, $0) } ?? "must be a text"
        fields.findings.error("\(fields.subject): the label \"\(entry.key.prefix(80))\" \(why)", at: entry.location)
        continue
      }
      labels[entry.key] = value
    }
    return labels
  }

  private static func path(_ fields: Fields, _ key: String, _ paths: Paths) -> String? {
    guard let node = fields.value(key), let text = fields.text(key) else { return nil }
    if let path = paths.resolve(text) { return path }
    return fields.wrong(key, node, "must be a path")
  }

  private static func absolute(_ fields: Fields, _ key: String) -> String? {
    guard let node = fields.value(key), let text = fields.text(key) else { return nil }
    return text.hasPrefix("/") ? text : fields.wrong(key, node, "must be an absolute path on the node")
  }
}

/// What paths in a lab file are relative to.
struct Paths {
  /// The lab file's folder; nil: paths stay as written.
  var folder: String?
  var home: String?

  func resolve(_ path: String) -> String? {
    if path.isEmpty || path.utf8.count > 4096 || path.utf8.contains(0) { return nil }
    guard let folder, !path.hasPrefix("/") else { return path }
    if path.hasPrefix("~/") { return home.map { $0 + path.dropFirst() } }
    return folder.hasSuffix("/") ? folder + path : folder + "/" + path
  }
}
