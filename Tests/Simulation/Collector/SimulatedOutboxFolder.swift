import Dialects
import FoundationEssentials
import Journal
import Model

@testable import Publishing

/// The outbox's files, as `OutboxFolder` handles them, on a simulated disk.
final class SimulatedOutboxFolder {
  static let path = "/state/outbox"
  private let disk: ProcessDisk
  private let wall: WallClock
  private var files: [OutboxEntry.Key: EntryFile] = [:]
  private var lastNumber: Int64 = 0

  init(_ disk: ProcessDisk, _ wall: WallClock) {
    self.disk = disk
    self.wall = wall
  }

  private func place(_ file: EntryFile) -> String { SimulatedOutboxFolder.path + "/" + file.name }
  private func aside(_ file: EntryFile) -> String { SimulatedOutboxFolder.path + "/refused/" + file.stem + ".json" }

  /// Reads what lies there; what is no entry is passed over.
  func list() -> [(key: OutboxEntry.Key, sentBefore: Double?)] {
    files = [:]
    var entries: [(OutboxEntry.Key, Double?)] = []
    for name in disk.disk.list(SimulatedOutboxFolder.path) {
      guard let file = EntryFile(name: name), let bytes = disk.disk.content(place(file)),
        let entry = try? JSONDecoder().decode(OutboxEntry.self, from: Data(bytes))
      else { continue }
      files[entry.key] = file
      lastNumber = max(lastNumber, file.number)
      let age = max(0, wall.now.seconds(since: disk.disk.changeTime(place(file))))
      entries.append((entry.key, file.isSent ? age : nil))
    }
    return entries
  }

  /// False: it lies here already, waiting or refused.
  func store(_ entry: OutboxEntry, isAgain: Bool) throws(DiskError) -> Bool {
    guard files[entry.key] == nil else { return false }
    let mark = EntryFile(number: 0, key: entry.key).hash
    if isAgain,
      disk.disk.list(SimulatedOutboxFolder.path + "/refused").contains(where: {
        EntryFile(name: $0)?.hash == mark
      })
    {
      return false
    }
    lastNumber = max(lastNumber + 1, entry.created.nanoseconds)
    var file = EntryFile(number: lastNumber, key: entry.key)
    file.isSent = isAgain
    guard let bytes = try? JSONEncoder().encode(entry) else { return false }
    try disk.writeWhole(Array(bytes), to: place(file))
    files[entry.key] = file
    return true
  }

  func mark(_ key: OutboxEntry.Key, sent isSent: Bool) throws(DiskError) {
    guard var file = files[key], file.isSent != isSent else { return }
    let old = place(file)
    file.isSent = isSent
    try disk.rename(old, to: place(file))
    files[key] = file
    if isSent { try disk.syncFolder(SimulatedOutboxFolder.path) }
  }

  func remove(_ key: OutboxEntry.Key) throws(DiskError) {
    guard let file = files[key] else { return }
    if disk.disk.content(aside(file)) != nil { try disk.remove(aside(file)) }
    try disk.remove(place(file))
    files[key] = nil
  }

  func refuse(_ key: OutboxEntry.Key) throws(DiskError) {
    guard let file = files[key], let bytes = disk.disk.content(place(file)) else { return }
    try disk.writeWhole(bytes, to: aside(file))
    try disk.remove(place(file))
    files[key] = nil
  }
}
