import FoundationEssentials
import Glibc
import Model

/// Reads a run's journal, also while it is being written.
public final class JournalReader {
  /// The journal, open for reading.
  let file: Int32
  /// Whether records of the journal may hold several events.
  private(set) var isGrouped = true
  /// The number of the last event that was read.
  private(set) var number: UInt64 = 0
  /// Where the last whole record lies; the header, if there is none; empty, if not even that is there.
  private(set) var lastRecord: Range<Int64> = 0..<0

  /// The JSON of the last event that was read.
  public private(set) var line: ArraySlice<UInt8> = []

  private let path: String
  private let disk: any Disk
  private let decoder = JSONDecoder()
  /// What was read of the file and is not done with; it begins at `offset`.
  private var buffer: ArraySlice<UInt8> = []
  private var offset: Int64 = 0
  /// Events of the last record that are not decoded yet.
  private var events: ArraySlice<UInt8> = []

  private static let chunk = 256 << 10

  /// Opens a journal. Throws `.notFound` if there is none, `.system`.
  public init(_ folder: RunFolder, disk: any Disk = SystemDisk()) throws(Fault) {
    path = folder.journal
    self.disk = disk
    do {
      file = try disk.open(path, for: .reading)
    } catch {
      if error.number == ENOENT { throw Fault(.notFound, "\(folder.path) holds no journal") }
      throw error.fault(path)
    }
  }

  deinit { disk.close(file) }

  /// All events of a journal, in order. A torn last record is passed over. Throws `.damaged`.
  public static func events(of folder: RunFolder, disk: any Disk = SystemDisk()) throws(Fault) -> [Event] {
    let reader = try JournalReader(folder, disk: disk)
    var events: [Event] = []
    while let event = try reader.next() { events.append(event) }
    return events
  }

  /// The next event; nil at the end, where more may come later. Throws `.damaged` with the offset when a record in the
  /// middle is not what was written; one behind which nothing was written is torn, not damaged.
  public func next() throws(Fault) -> Event? {
    if events.isEmpty {
      if offset == 0 {
        guard try readHeader() else { return nil }
      }
      guard let record = try readRecord() else { return nil }
      events = record
    }
    line = events.prefix { $0 != JournalFormat.newline }
    events = events.dropFirst(line.count + 1)
    let event: Event
    do {
      event = try QuickEvent.decode(line) ?? decoder.decode(Event.self, from: Data(line))
    } catch {
      throw damage("cannot be read: \(error)")
    }
    guard event.number == number + 1 else { throw damage("has the number \(event.number) after \(number)") }
    number = event.number
    return event
  }

  private func damage(_ what: String) -> Fault {
    Fault(
      .damaged, "\(path): the record at byte \(lastRecord.lowerBound) \(what)", hint: "what stands before it is whole")
  }

  private func readHeader() throws(Fault) -> Bool {
    let count = JournalFormat.header.count
    let isWhole = try have(count)
    let found = buffer.prefix(count)
    let known = [JournalFormat.header, JournalFormat.firstHeader].first { $0.starts(with: found) }
    guard let known else {
      // Blocks that a power cut left without content.
      if try isBlank() { return false }
      throw Fault(.damaged, "\(path) is no journal of a version this Sortie knows")
    }
    guard isWhole else { return false }
    isGrouped = known == JournalFormat.header
    advance(count)
    return true
  }

  private func isBlank() throws(Fault) -> Bool {
    guard buffer.allSatisfy({ $0 == 0 }) else { return false }
    var place = offset + Int64(buffer.count)
    buffer = []
    while true {
      let bytes = try read(at: place)
      guard !bytes.isEmpty else { return true }
      guard bytes.allSatisfy({ $0 == 0 }) else { return false }
      place += Int64(bytes.count)
    }
  }

  /// The payload of the next record; nil if it is not there, not all of it, or torn.
  private func readRecord() throws(Fault) -> ArraySlice<UInt8>? {
    if let payload = try wholeRecord() { return payload }
    guard try have(JournalFormat.headLength), try isFollowed() else {
      // Whoever follows a writer may have seen half of what it writes.
      buffer = []
      return nil
    }
    // Another record was written behind this one, so this one was complete then; what was read may be older than that.
    buffer = []
    if let payload = try wholeRecord() { return payload }
    lastRecord = offset..<offset
    throw damage("is not what was written, and others follow it")
  }

  /// The payload of the next record; nil if the file ends before it does, or if a checksum is wrong.
  private func wholeRecord() throws(Fault) -> ArraySlice<UInt8>? {
    guard try have(JournalFormat.headLength),
      let head = buffer.withUnsafeBytes({ JournalFormat.head($0, at: 0) })
    else { return nil }
    let end = JournalFormat.headLength + head.length
    guard try have(end) else { return nil }
    let payload = buffer.prefix(end).dropFirst(JournalFormat.headLength)
    guard CRC32.of(payload) == head.checksum else { return nil }
    advance(end)
    return payload
  }

  /// Whether the head of another record stands anywhere behind the next record's first byte. The blocks of one write
  /// reach the disk in any order, so that what a crash leaves of the last record can look like anything; but no record
  /// is begun before the one before it is durable.
  private func isFollowed() throws(Fault) -> Bool {
    var place = offset + 1
    while true {
      let bytes = try read(at: place)
      guard bytes.count >= JournalFormat.headLength else { return false }
      let last = bytes.count - JournalFormat.headLength
      if bytes.withUnsafeBytes({ bytes in (0...last).contains { JournalFormat.head(bytes, at: $0) != nil } }) {
        return true
      }
      place += Int64(last + 1)
    }
  }

  private func advance(_ count: Int) {
    lastRecord = offset..<offset + Int64(count)
    offset += Int64(count)
    buffer = buffer.dropFirst(count)
  }

  /// Whether so many bytes are there; they are in the buffer then.
  private func have(_ count: Int) throws(Fault) -> Bool {
    guard buffer.count < count else { return true }
    let wanted = max(JournalReader.chunk, count - buffer.count)
    buffer = ArraySlice(Array(buffer) + (try read(at: offset + Int64(buffer.count), count: wanted)))
    return buffer.count >= count
  }

  private func read(at place: Int64, count: Int = JournalReader.chunk) throws(Fault) -> [UInt8] {
    try DiskError.on(path) { () throws(DiskError) in try disk.read(file, at: place, count: count) }
  }
}
