import Foundation
import TestSupport

extension Site {
  /// Puts a proxy between the coordinator and a node; the inventory names it from now on.
  func proxy(_ node: String) throws -> ChaosProxy {
    var lines = try String(contentsOfFile: lab, encoding: .utf8).lines
    guard let place = lines.firstIndex(where: { $0.contains("name: \(node)") }).map({ $0 + 1 }),
      let port = lines[place].firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap({ Int($0.output.1) })
    else { throw Overdue(description: "no \(node) in \(lab)") }
    let proxy = try ChaosProxy(to: port)
    atEnd { proxy.stop() }
    lines[place] = lines[place].replacing("127.0.0.1:\(port)", with: "127.0.0.1:\(proxy.port)")
    try (lines.joined(separator: "\n") + "\n").write(toFile: lab, atomically: true, encoding: .utf8)
    return proxy
  }

  /// Puts a proxy before a server of this machine.
  func proxy(before api: String) throws -> (proxy: ChaosProxy, api: String) {
    guard let port = URLComponents(string: api)?.port else { throw Overdue(description: "\(api) is no address") }
    let proxy = try ChaosProxy(to: port)
    atEnd { proxy.stop() }
    return (proxy, api.replacing(":\(port)", with: ":\(proxy.port)"))
  }

  /// The processes of a node: its agent, slots, and what they run.
  func workers(on node: String) -> [ProcessEntry] {
    let agents = ProcessEntry.naming("serve " + self.node(node) + "/")
    return agents + agents.flatMap { ProcessEntry.below($0.id) }
  }
}
