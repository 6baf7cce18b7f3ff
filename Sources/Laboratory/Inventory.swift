/// The lab file of a lab.
enum Inventory {
  /// The nodes as people would write them.
  static func yaml(_ nodes: [LabNode]) -> String {
    var text = "# Written by `sortie lab up`.\nsortie: 1\nnodes:\n"
    for node in nodes {
      text += """
          - name: \(node.name)
            address: \(quoted("\(node.user)@127.0.0.1:\(node.port)"))
            host_key: \(quoted(node.hostKey))
            identity: \(quoted(node.identity))
            directory: \(quoted(node.directory))

        """
      if let python = node.python { text += "    python: \(quoted(python))\n" }
      if let slots = node.slots { text += "    slots: \(slots)\n" }
    }
    return text
  }

  /// A double-quoted scalar; the paths of a lab have no quotes, backslashes or control characters.
  private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}
