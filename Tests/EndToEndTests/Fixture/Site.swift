import Foundation
import Glibc
import Synchronization
import Testing

/// A place for tests to run the binaries in: a fresh folder, nodes, and what has to be taken down at the end.
final class Site: Sendable {
  /// The folder that everything lies in.
  let folder: String
  private let steps = Mutex<[@Sendable () async -> Void]>([])
  private let counter = Mutex(0)

  private init() throws {
    var template = Array("/tmp/sortie-e2e-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Overdue(description: "mkdtemp") }
    folder = String(cString: made)
    try FileManager.default.createDirectory(atPath: folder + "/home", withIntermediateDirectories: true)
  }

  /// Lends a site, with a lab of `nodes` nodes, and takes everything down in any case, the latest first. `python`:
  /// gives the nodes an interpreter with the frameworks, if there is one. `prepare` is called before the lab is raised.
  static func with(
    nodes: Int = 0, slots: Int = 2, python: Bool = false, prepare: (Site) throws -> Void = { _ in },
    _ body: (Site) async throws -> Void
  ) async throws {
    await Places.shared.take()
    do {
      try await lend(nodes, slots, python, prepare, body)
    } catch {
      await Places.shared.give()
      throw error
    }
    await Places.shared.give()
  }

  private static func lend(
    _ nodes: Int, _ slots: Int, _ python: Bool, _ prepare: (Site) throws -> Void, _ body: (Site) async throws -> Void
  ) async throws {
    let site = try Site()
    do {
      try prepare(site)
      if nodes > 0 { try await site.raise(nodes, slots) }
      if python { try await site.givePython() }
      try await body(site)
    } catch {
      await site.takeDown()
      throw error
    }
    await site.takeDown()
  }

  /// The inventory of the lab.
  var lab: String { folder + "/lab/lab.yaml" }
  /// The state folder that is used unless a test names one.
  var state: String { folder + "/state" }
  /// Where a node lives.
  func node(_ name: String) -> String { folder + "/lab/" + name }

  /// Runs `sortie` to its end.
  func sortie(_ arguments: String..., environment: [String: String] = [:]) async throws -> Ended {
    try await sortie(arguments, environment: environment)
  }

  /// Runs `sortie` to its end.
  func sortie(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ended {
    await (try start(arguments, environment: environment)).ended()
  }

  /// Starts `sortie`.
  func start(_ arguments: String..., environment: [String: String] = [:]) throws -> Program {
    try start(arguments, environment: environment)
  }

  /// Starts `sortie`.
  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
    try launch(Binaries.sortie, arguments, environment)
  }

  /// Runs another program to its end.
  func tool(_ program: String, _ arguments: String...) async throws -> Ended {
    await (try launch(program, arguments, [:])).ended()
  }

  /// Waits until another process has ended.
  func end(of process: ProcessEntry) async throws {
    let waited = try await tool("/usr/bin/tail", "-s", "0.1", "--pid", "\(process.id)", "-f", "/dev/null")
    guard waited.status == 0 else { throw Overdue(description: "\(process) does not end") }
  }

  /// Writes a file, and the folders above it.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let path = folder + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// Writes a catalog of one case that passes; returns its path.
  func writeOneCase() throws -> String {
    try write(
      "one.yaml",
      """
      sortie: 1
      tiers:
        - name: t
          testcases: [{case_name: c, run: {name: exec, args: {argv: [/bin/true]}}}]

      """)
  }

  /// A file's text; empty if it is not there.
  func read(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: folder + "/" + name) ?? Data(), as: UTF8.self)
  }

  /// Starts a collection API on a free port, or the given one; returns its address.
  func serve(store: String = "results.db", port: Int = 0) async throws -> String {
    let server = try start("serve", "--listen", "127.0.0.1:\(port)", "--store", folder + "/" + store)
    return try await awaited(server.out, "the address") { text in
      text.contains("\n") ? text.split(separator: "\n").first.map(String.init) : nil
    }
  }

  /// Does something when the site is taken down.
  func atEnd(_ step: @escaping @Sendable () async -> Void) { steps.withLock { $0.append(step) } }

  private func launch(_ program: String, _ arguments: [String], _ environment: [String: String]) throws -> Program {
    let number = counter.withLock { counter in
      counter += 1
      return counter
    }
    let clean = ["PATH": Binaries.path, "HOME": folder + "/home", "SORTIE_AGENT": Binaries.agent]
    let program = try Program(
      program, arguments, environment: clean.merging(environment) { $1 }, folder: folder,
      log: folder + "/program-\(number)")
    atEnd { await program.end() }
    return program
  }

  private func raise(_ nodes: Int, _ slots: Int) async throws {
    let directory = folder + "/lab"
    // The latest step is done first: the lab goes down after what uses it.
    atEnd { [self] in _ = try? await sortie("lab", "down", "--directory", directory) }
    let up = try await sortie(
      "lab", "up", "--directory", directory, "--nodes", "\(nodes)", "--slots", "\(slots)", "--hide", Binaries.checkout)
    guard up.status == 0 else { throw Overdue(description: "\(up)") }
  }

  /// The nodes cannot see the checkout: they get a copy of its virtual environment.
  private func givePython() async throws {
    guard var python = Binaries.python else { return }
    let own = ((python as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
    if FileManager.default.fileExists(atPath: own + "/pyvenv.cfg") {
      let copy = try await tool("/bin/cp", "-a", own, folder + "/venv")
      guard copy.status == 0 else { throw Overdue(description: "\(copy)") }
      python = folder + "/venv/bin/python"
    }
    let text = try String(contentsOfFile: lab, encoding: .utf8)
    try text.replacing("    slots:", with: "    python: \"\(python)\"\n    slots:")
      .write(toFile: lab, atomically: true, encoding: .utf8)
  }

  private func takeDown() async {
    while let step = steps.withLock({ $0.popLast() }) { await step() }
    let left = ProcessEntry.naming(folder + "/")
    #expect(left.isEmpty, "processes outlived their test")
    for process in left { kill(process.id, SIGKILL) }
    try? FileManager.default.removeItem(atPath: folder)
  }
}
