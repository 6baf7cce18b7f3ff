import Foundation
import Glibc

/// The processes of this machine, as /proc shows them.
struct ProcessEntry: Hashable, Sendable, CustomStringConvertible {
  let id: pid_t
  let parent: pid_t
  let name: String
  let command: String

  var description: String { "\(name) (\(id)): \(command)" }

  /// All that are no zombies.
  static var all: [ProcessEntry] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.compactMap(ProcessEntry.init)
  }

  /// Those whose command line names `text`.
  static func naming(_ text: String) -> [ProcessEntry] { all.filter { $0.command.contains(text) } }

  /// `root`'s children, their children, and so on.
  static func below(_ root: pid_t) -> [ProcessEntry] {
    let all = all
    var found: [ProcessEntry] = []
    var front = [root]
    while let next = front.popLast() {
      let children = all.filter { $0.parent == next }
      found += children
      front += children.map(\.id)
    }
    return found
  }

  private init?(_ id: pid_t) {
    guard let stat = FileManager.default.contents(atPath: "/proc/\(id)/stat"),
      let words = FileManager.default.contents(atPath: "/proc/\(id)/cmdline")
    else { return nil }
    let text = String(decoding: stat, as: UTF8.self)
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")") else { return nil }
    let fields = text[close...].dropFirst().split(separator: " ")
    guard fields.count > 1, fields[0] != "Z", let parent = pid_t(fields[1]) else { return nil }
    self.id = id
    self.parent = parent
    name = String(text[text.index(after: open)..<close])
    command = String(decoding: words.map { $0 == 0 ? 32 : $0 }, as: UTF8.self)
  }
}
