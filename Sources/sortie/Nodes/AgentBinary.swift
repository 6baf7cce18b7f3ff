import Foundation
import Glibc
import Model

/// The agent's executable, as it is brought to nodes.
struct AgentBinary: Sendable {
  /// Where it lies here.
  let path: String
  /// Its SHA-256, which is its name on nodes.
  let hash: String

  /// Finds it: `SORTIE_AGENT`, else beside this executable. Throws `.missingTool`.
  static func find() throws(Fault) -> AgentBinary {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let path = variable("SORTIE_AGENT") ?? (own as NSString).deletingLastPathComponent + "/sortie-agent"
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Fault(
        .missingTool, "the agent's executable is not at \(path)",
        hint: "`make build` makes it, or name it in SORTIE_AGENT")
    }
    var hash = SHA256()
    while let chunk = try? file.read(upToCount: 1 << 20), !chunk.isEmpty { hash.update(chunk) }
    return AgentBinary(path: path, hash: hexadecimal(hash.finish()))
  }
}
