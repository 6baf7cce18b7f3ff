import Foundation
import Glibc

extension Site {
  /// Lets agents of a node find a step to die at: the next one that is started, or each.
  func crashAgents(of node: String, at step: String, each: Bool = false) async throws {
    let folder = self.node(node)
    let configuration = folder + "/sshd_config"
    let text = try String(contentsOfFile: configuration, encoding: .utf8)
    let take = each ? "test -e '\(folder)/crash'" : "mv '\(folder)/crash' '\(folder)/crashed' 2>/dev/null"
    let file = folder + (each ? "/crash" : "/crashed")
    try text.replacing(
      "ForceCommand cd;",
      with: "ForceCommand cd; if \(take); then SORTIE_CRASH=$(cat '\(file)'); export SORTIE_CRASH; fi;"
    ).write(toFile: configuration, atomically: true, encoding: .utf8)
    guard let server = ProcessEntry.naming(configuration).first(where: { $0.name == "sshd" }) else {
      throw Overdue(description: "\(node) has no server")
    }
    unlink(folder + "/sshd.pid")
    kill(server.id, SIGHUP)
    _ = try await awaited(folder + "/sshd.pid", "the server") { $0.contains("\n") ? true : nil }
    // Brings the agent's executable there: only then it is the agent that the next session starts.
    let checked = try await sortie("node", "check", node, "--lab", lab)
    guard checked.status == 0 else { throw Overdue(description: "\(checked)") }
    try write("lab/\(node)/crash", step)
  }
}
