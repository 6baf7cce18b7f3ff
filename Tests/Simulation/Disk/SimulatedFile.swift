/// A file on a simulated disk: what everybody reads, and what a power cut leaves of it.
final class SimulatedFile {
  /// What was done to it and is not durable yet.
  private enum Change {
    case write(offset: Int, [UInt8])
    case truncate(Int)
  }

  /// Where it lies now.
  var path: String
  /// What everybody reads.
  private(set) var bytes: [UInt8] = []
  private var durable: [UInt8] = []
  private var pending: [Change] = []
  /// A sync failed: what was pending then is not durable until it is written again.
  private var hasHoles = false
  /// Bytes of a block: a power cut keeps all of one or nothing.
  private static let block = 64

  init(path: String) { self.path = path }

  func write(_ new: ArraySlice<UInt8>, at offset: Int) {
    SimulatedFile.put(new, at: offset, into: &bytes)
    pending.append(.write(offset: offset, Array(new)))
  }

  func truncate(to size: Int) {
    SimulatedFile.resize(&bytes, to: size)
    pending.append(.truncate(size))
  }

  /// Everything is durable from now on.
  func sync() {
    if hasHoles {
      for change in pending { SimulatedFile.apply(change, to: &durable) }
    } else {
      durable = bytes
    }
    pending = []
  }

  /// The disk failed: what was to become durable is forgotten, though everybody goes on reading it.
  func forgetPending() {
    pending = []
    hasHoles = true
  }

  /// The power is cut. `inOrder`: of what was appended a beginning stays, as on file systems that lengthen a file
  /// once its data is there; else any of the blocks may.
  func tear(_ chance: Chance, inOrder: Bool) {
    let mode = chance.below(4)
    if mode > 0 {
      for change in pending {
        if inOrder, mode > 1, chance.percent(40) {
          if case .write(let offset, let new) = change {
            SimulatedFile.put(new.prefix(chance.below(new.count)), at: offset, into: &durable)
          }
          break
        }
        if inOrder || mode == 1 { SimulatedFile.apply(change, to: &durable) } else { scatter(change, chance) }
      }
    }
    pending = []
    hasHoles = false
    bytes = durable
  }

  private func scatter(_ change: Change, _ chance: Chance) {
    guard case .write(let offset, let new) = change else {
      if chance.percent(50) { SimulatedFile.apply(change, to: &durable) }
      return
    }
    var from = 0
    while from < new.count {
      let to = min(new.count, from + SimulatedFile.block - (offset + from) % SimulatedFile.block)
      if chance.percent(50) { SimulatedFile.put(new[from..<to], at: offset + from, into: &durable) }
      from = to
    }
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .write(let offset, let new): put(new[...], at: offset, into: &bytes)
    case .truncate(let size): resize(&bytes, to: size)
    }
  }

  private static func put(_ new: ArraySlice<UInt8>, at offset: Int, into bytes: inout [UInt8]) {
    if bytes.count == offset { return bytes.append(contentsOf: new) }
    if bytes.count < offset + new.count { resize(&bytes, to: offset + new.count) }
    bytes.replaceSubrange(offset..<offset + new.count, with: new)
  }

  private static func resize(_ bytes: inout [UInt8], to size: Int) {
    if bytes.count > size {
      bytes.removeLast(bytes.count - size)
    } else {
      bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
    }
  }
}
