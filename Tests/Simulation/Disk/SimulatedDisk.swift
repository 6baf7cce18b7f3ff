import Glibc
import Journal
import Model

/// A machine's file system in memory: files and names with what is durable of them, a size, and the ways in which disks
/// fail.
final class SimulatedDisk {
  private enum NameChange {
    case put(String, SimulatedFile)
    case drop(String)

    var path: String {
      switch self {
      case .put(let path, _), .drop(let path): path
      }
    }
  }

  private let chance: Chance
  private let wall: WallClock
  /// The file systems of nodes keep what is appended in order; see ``SimulatedFile/tear(_:inOrder:)``.
  private let keepsOrder: Bool
  private var names: [String: SimulatedFile] = [:]
  private var durableNames: [String: SimulatedFile] = [:]
  private var nameChanges: [NameChange] = []
  private var changed: [String: Timestamp] = [:]
  private var open: [Int32: SimulatedFile] = [:]
  private var lastNumber: Int32 = 2
  /// Bytes that it still takes; nil: any number.
  var room: Int?
  /// Says that things are durable when they are not.
  var lies = false
  /// So many syncs fail, and what they were about is lost.
  var failingSyncs = 0

  init(_ chance: Chance, wall: WallClock, keepsOrder: Bool = false) {
    self.chance = chance
    self.wall = wall
    self.keepsOrder = keepsOrder
  }

  // MARK: Files

  func open(_ path: String, for purpose: DiskPurpose) throws(DiskError) -> Int32 {
    let file: SimulatedFile
    if let known = names[path] {
      if case .creating = purpose { throw DiskError("open", EEXIST) }
      file = known
    } else {
      switch purpose {
      case .reading, .changing: throw DiskError("open", ENOENT)
      case .creating, .writing: file = try make(path)
      }
    }
    lastNumber += 1
    open[lastNumber] = file
    return lastNumber
  }

  func close(_ number: Int32) { open[number] = nil }

  func file(_ number: Int32) throws(DiskError) -> SimulatedFile {
    guard let file = open[number] else { throw DiskError("use", EBADF) }
    return file
  }

  /// The file's content; nil: there is none.
  func content(_ path: String) -> [UInt8]? { names[path]?.bytes }

  /// The names in a folder, sorted.
  func list(_ folder: String) -> [String] {
    let prefix = folder + "/"
    return names.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }.sorted()
  }

  /// When the file's name was changed last.
  func changeTime(_ path: String) -> Timestamp { changed[path] ?? wall.now }

  func write(_ bytes: ArraySlice<UInt8>, to file: SimulatedFile, at offset: Int) throws(DiskError) {
    let growth = max(0, offset + bytes.count - file.bytes.count)
    if let room, growth > room {
      file.write(bytes.prefix(max(0, bytes.count - growth + chance.below(room + 1))), at: offset)
      self.room = 0
      throw DiskError("write", ENOSPC)
    }
    if let room { self.room = room - growth }
    file.write(bytes, at: offset)
  }

  func truncate(_ file: SimulatedFile, to size: Int) {
    if let room { self.room = room + max(0, file.bytes.count - size) }
    file.truncate(to: size)
  }

  func sync(_ file: SimulatedFile) throws(DiskError) {
    if failingSyncs > 0 {
      failingSyncs -= 1
      file.forgetPending()
      throw DiskError("fdatasync", EIO)
    }
    if lies { return }
    file.sync()
    // A new file's name comes with it.
    if let index = nameChanges.firstIndex(where: {
      if case .put(_, let other) = $0 { other === file } else { false }
    }), durableNames[file.path] == nil, nameChanges[index].path == file.path {
      nameChanges.remove(at: index)
      durableNames[file.path] = file
    }
  }

  func syncAll() throws(DiskError) {
    for path in names.keys.sorted() { if let file = names[path] { try sync(file) } }
    if lies { return }
    for change in nameChanges { apply(change) }
    nameChanges = []
  }

  // MARK: Names

  private func make(_ path: String) throws(DiskError) -> SimulatedFile {
    if let room, room < 16 { throw DiskError("open", ENOSPC) }
    let file = SimulatedFile(path: path)
    put(path, file)
    return file
  }

  private func put(_ path: String, _ file: SimulatedFile) {
    file.path = path
    names[path] = file
    changed[path] = wall.now
    nameChanges.append(.put(path, file))
  }

  func rename(_ from: String, to path: String) throws(DiskError) {
    guard let file = names[from] else { throw DiskError("rename", ENOENT) }
    names[from] = nil
    put(path, file)
    nameChanges.append(.drop(from))
  }

  func remove(_ path: String) {
    guard let file = names.removeValue(forKey: path) else { return }
    if let room { self.room = room + file.bytes.count }
    nameChanges.append(.drop(path))
  }

  func syncFolder(_ folder: String) {
    if lies { return }
    let isHere = { (change: NameChange) in change.path.hasPrefix(folder + "/") }
    for change in nameChanges where isHere(change) { apply(change) }
    nameChanges.removeAll(where: isHere)
  }

  private func apply(_ change: NameChange) {
    switch change {
    case .put(let path, let file): durableNames[path] = file
    case .drop(let path): durableNames[path] = nil
    }
  }

  // MARK: Power

  /// The power is cut: what was not durable is there, or partly, or not.
  func cutPower() {
    for change in nameChanges.prefix(chance.below(nameChanges.count + 1)) { apply(change) }
    nameChanges = []
    names = durableNames
    open = [:]
    for path in names.keys.sorted() {
      names[path]?.path = path
      names[path]?.tear(chance, inOrder: keepsOrder && !path.hasSuffix("verdicts"))
    }
  }
}
