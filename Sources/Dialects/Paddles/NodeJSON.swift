import Model

extension Paddles.Node {
  /// How many nodes may run on one another: a chain that is longer is no lab's, and a circle never ends.
  public static let hostLimit = 8

  /// Appends the node as JSON, and within it the one that it runs on.
  /// - Parameter host: the node of a name.
  public func write(to writer: inout JSONWriter, host: (String) -> Self?) { write(&writer, host, Self.hostLimit) }

  private func write(_ writer: inout JSONWriter, _ host: (String) -> Self?, _ depth: Int) {
    writer.append(json: "{")
    writer.append(key: "name", first: true)
    writer.append(string: name)
    append("description", .description, &writer)
    writer.append(key: "up")
    writer.append(json: up.map { $0 ? "true" : "false" } ?? "null")
    append("machine_type", .machineType, &writer)
    writer.append(key: "is_vm")
    writer.append(json: isVM ? "true" : "false")
    writer.append(key: "vm_host")
    if depth > 0, let node = self.host.flatMap(host) {
      node.write(&writer, host, depth - 1)
    } else {
      writer.append(json: "null")
    }
    append("os_type", .osType, &writer)
    append("os_version", .osVersion, &writer)
    append("arch", .arch, &writer)
    writer.append(key: "locked")
    writer.append(json: lock == nil ? "false" : "true")
    writer.append(key: "locked_since")
    writer.append(lock.map { .string(Paddles.text($0.since)) } ?? .null)
    writer.append(key: "locked_by")
    writer.append(lock.map { .string($0.owner) } ?? .null)
    append("mac_address", .macAddress, &writer)
    append("ssh_pub_key", .sshKey, &writer)
    writer.append(json: "}")
  }

  private func append(_ key: StaticString, _ attribute: Attribute, _ writer: inout JSONWriter) {
    writer.append(key: key)
    writer.append(attributes[attribute].map(SentValue.string) ?? .null)
  }

  /// Appends what is answered to a lock or an unlock.
  public func writeLock(to writer: inout JSONWriter) {
    writer.append(json: "{")
    writer.append(key: "name", first: true)
    writer.append(string: name)
    writer.append(key: "locked")
    writer.append(json: lock == nil ? "false" : "true")
    writer.append(key: "locked_by")
    writer.append(lock.map { .string($0.owner) } ?? .null)
    append("machine_type", .machineType, &writer)
    writer.append(key: "is_vm")
    writer.append(json: isVM ? "true" : "false")
    writer.append(json: "}")
  }
}
