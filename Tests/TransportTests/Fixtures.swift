import Foundation
import Laboratory
import Model
import Testing

@testable import Transport

/// A folder of a test's own.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  var template = Array("/tmp/sortie-transport-XXXXXX".utf8CString)
  let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try await body(folder)
}

/// Real SSH servers on loopback, for one test.
struct TestLab {
  let directory: String
  let nodes: [LabNode]

  var first: Node { nodes[0].node }

  /// Lets another key in; returns its private half.
  func addKey(_ type: String, passphrase: String = "", name: String? = nil, admit: Bool = true) async throws -> String {
    let path = "\(directory)/\(name ?? type)"
    let made = try await local(["ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "test", "-f", path])
    try #require(made.ending == .exited(0))
    if admit {
      for node in nodes {
        let keys = try String(contentsOfFile: node.authorizedKeys, encoding: .utf8)
        let key = try String(contentsOfFile: path + ".pub", encoding: .utf8)
        try (keys + key).write(toFile: node.authorizedKeys, atomically: true, encoding: .utf8)
      }
    }
    return path
  }

  /// Writes an `ssh_config`; returns its path.
  func configuration(_ text: String) throws -> String {
    let path = "\(directory)/ssh_config"
    try (text + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}

func withLab<Result>(nodes: Int = 1, _ body: (TestLab) async throws -> Result) async throws -> Result {
  try await withFolder { folder in
    let directory = folder + "/lab"
    defer { try? Laboratory.down(directory: directory) }
    return try await body(TestLab(directory: directory, nodes: try Laboratory.up(directory: directory, nodes: nodes)))
  }
}

func withConnection<Result>(_ node: Node, _ body: (SSHConnection) async throws -> Result) async throws -> Result {
  let connection = try await SSHConnection.connect(to: node)
  do {
    let result = try await body(connection)
    await connection.close()
    return result
  } catch {
    await connection.close()
    throw error
  }
}

/// Runs a command here.
func local(_ command: [String]) async throws -> CommandResult {
  let connection = try LocalConnection()
  return try await connection.run(command)
}

/// Connections to try the same things on: here, and over SSH.
enum Way: CaseIterable {
  case local
  case ssh

  func with<Result>(_ body: (any NodeConnection) async throws -> Result) async throws -> Result {
    switch self {
    case .local:
      let connection = try LocalConnection()
      let result = try await body(connection)
      await connection.close()
      return result
    case .ssh: return try await withLab { lab in try await withConnection(lab.first) { try await body($0) } }
    }
  }
}

/// The fault that `body` throws.
func fault(_ body: () async throws -> Void) async throws -> Fault {
  do {
    try await body()
  } catch let fault as Fault {
    return fault
  }
  throw Fault(.notFound, "nothing was thrown")
}

/// Reads to the end.
func rest(of stream: any ByteStream) async throws -> [UInt8] {
  var bytes: [UInt8] = []
  while let more = try await stream.read(upTo: 1 << 20) { bytes += more }
  return bytes
}

/// Reads until there are `count` bytes.
func read(_ count: Int, from stream: any ByteStream) async throws -> [UInt8] {
  var bytes: [UInt8] = []
  while bytes.count < count, let more = try await stream.read(upTo: count - bytes.count) { bytes += more }
  return bytes
}

/// Bytes that look random and are the same each time.
func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    var state = seed
    for index in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      buffer[index] = UInt8(truncatingIfNeeded: state >> 56)
    }
    initialized = count
  }
}
