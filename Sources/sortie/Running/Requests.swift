import Coordination
import Definitions
import Foundation
import Journal
import Model

/// What people want of a run while it goes on, said in files, so that it reaches the coordinator from any terminal and
/// any machine that shares them: `stop` in the run's folder, and drained nodes in the lab file.
struct Requests {
  let folder: RunFolder
  let labFile: String?
  let nodes: [Node]

  private static let pause = Duration.milliseconds(500)

  /// Looks until the task is cancelled.
  func watch(_ coordinator: Coordinator) async {
    var stopped: String?
    var drained: Set<String> = []
    // The first look reads the file in any case: it may have changed since the plan was made, or while nobody looked.
    var seen: Date?
    while !Task.isCancelled {
      if let wish = try? String(contentsOfFile: folder.stop, encoding: .utf8), wish != stopped {
        stopped = wish
        coordinator.cancel(by: "stop", now: wish.hasPrefix(StopRequest.now.rawValue))
      }
      if let labFile, let latest = changed(labFile), latest != seen {
        seen = latest
        for name in newlyDrained(labFile) where drained.insert(name).inserted {
          coordinator.drain(name, reason: "drained in \(labFile)")
        }
      }
      try? await Task.sleep(for: Requests.pause)
    }
  }

  /// Nodes of the run that the file has drained; none if it cannot be read at the moment.
  private func newlyDrained(_ path: String) -> [String] {
    guard let (lab, _) = try? LabReader.read(path: path) else { return [] }
    let known = Set(nodes.map(\.name))
    return lab.nodes.filter { $0.isDrained && known.contains($0.name) }.map(\.name)
  }

  private func changed(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }
}
