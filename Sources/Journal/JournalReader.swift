import FoundationEssentials
import Glibc
import Model

/// Reads a run's journal, also while it is being written.
public final class JournalReader {
  private let path: String
  private let file: Int32
  private var buffer: [UInt8] = []
  private var start = 0
  private var offset = 0
  private var hasHeader = false
  private var number: UInt64 = 0

  /// Opens a journal. Throws `.notFound` if there is none, `.system`.
  public init(_ folder: RunFolder) throws(Fault) {
    path = folder.journal
    file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { throw Fault(.notFound, "\(folder.path) holds no journal") }
      throw Fault.system("open", path)
    }
  }

  deinit { close(file) }

  /// All events of a journal, in order. A torn last record is passed over. Throws `.damaged`.
  public static func events(of folder: RunFolder) throws(Fault) -> [Event] {
    let reader = try JournalReader(folder)
    var events: [Event] = []
    while let event = try reader.next() { events.append(event) }
    return events
  }

  /// The next event; nil at the end, where more may come later. Throws `.damaged` with the offset when a record in the
  /// middle is not what was written; a record that ends with the file is torn, not damaged.
  public func next() throws(Fault) -> Event? {
    if !hasHeader {
      guard try readHeader() else { return nil }
    }
    guard try have(JournalWriter.headLength) else { return nil }
    // The head has a checksum of its own: else a damaged length would make all that follows look like a torn tail.
    guard CRC32.of(buffer[start..<start + 8]) == word(at: start + 8), word(at: start) > 0 else {
      if try isBlank(from: JournalWriter.headLength) { return nil }
      throw damage("has a head that is not what was written")
    }
    let length = Int(word(at: start))
    guard length <= JournalWriter.recordLimit else { throw damage("has the impossible length \(length)") }
    let end = JournalWriter.headLength + length
    guard try have(end) else { return nil }
    let payload = buffer[start + JournalWriter.headLength..<start + end]
    guard CRC32.of(payload) == word(at: start + 4) else {
      // Blocks of one write may reach the disk in any order: the last record can be whole in length and torn in content.
      if try isBlank(from: end) { return nil }
      throw damage("does not have the checksum it was written with")
    }
    let event: Event
    do {
      event = try JSONDecoder().decode(Event.self, from: Data(payload))
    } catch {
      throw damage("cannot be read: \(error)")
    }
    guard event.number == number + 1 else { throw damage("has the number \(event.number) after \(number)") }
    number = event.number
    advance(end)
    return event
  }

  private func readHeader() throws(Fault) -> Bool {
    let header = JournalWriter.header
    let isWhole = try have(header.count)
    let found = buffer[start...].prefix(header.count)
    guard header.starts(with: found) else {
      if try isBlank(from: 0) { return false }
      throw Fault(.damaged, "\(path) is no journal of a version this Sortie knows")
    }
    guard isWhole else { return false }
    advance(header.count)
    hasHeader = true
    return true
  }

  /// Whether nothing but zeros follows: blocks that a power cut left without content, behind the last whole record.
  private func isBlank(from distance: Int) throws(Fault) -> Bool {
    var position = distance
    while try have(position + 1) {
      guard position <= JournalWriter.recordLimit, buffer[(start + position)...].allSatisfy({ $0 == 0 }) else {
        return false
      }
      position = buffer.count - start
    }
    return true
  }

  private func damage(_ what: String) -> Fault {
    Fault(.damaged, "\(path): the record at byte \(offset) \(what)", hint: "what stands before it is whole")
  }

  private func word(at index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(buffer[index + $1]) << UInt32($1 * 8) }
  }

  private func advance(_ count: Int) {
    start += count
    offset += count
    if start > 1 << 20 {
      buffer.removeSubrange(..<start)
      start = 0
    }
  }

  private func have(_ count: Int) throws(Fault) -> Bool {
    while buffer.count - start < count {
      var chunk = [UInt8](repeating: 0, count: max(256 << 10, count - (buffer.count - start)))
      let got = read(file, &chunk, chunk.count)
      if got < 0 {
        if errno == EINTR { continue }
        throw Fault.system("read", path)
      }
      if got == 0 { return false }
      buffer.append(contentsOf: chunk[..<got])
    }
    return true
  }
}
