import Model
import Wire

// Orders on their way down.
extension NodeLane {
  func obey(_ line: any NodeLine) async throws {
    var batch = again
    again = []
    while true {
      // First of all, and before anything can fail: what is remembered is sent again over the next line.
      for order in batch { remember(order) }
      try await send(batch, line)
      batch = await orders.take()
      if batch.isEmpty { try Task.checkCancellation() }
    }
  }

  private func remember(_ order: Order) {
    switch order {
    case .run(let attempts): session.send(attempts)
    case .cancel(let cancel): session.send(cancel)
    case .acknowledge, .repeatAcknowledgement, .ping, .finish: break
    }
  }

  private func send(_ batch: [Order], _ line: any NodeLine) async throws {
    var bytes: [UInt8] = []
    var acknowledged: UInt64?
    var goodbye: Bool?
    for order in batch {
      switch order {
      case .run(let attempts):
        for attempt in try await supply(attempts, line) { bytes += try Frame.encode(.run, json: attempt) }
      case .cancel(let cancel): bytes += try Frame.encode(.cancel, json: cancel)
      case .acknowledge(let number, let epoch): acknowledged = session.confirm(number, epoch: epoch) ?? acknowledged
      case .repeatAcknowledgement: acknowledged = session.confirmed
      case .ping: bytes += clock.ping()
      case .finish(let isPolite): goodbye = isPolite
      }
    }
    if let acknowledged {
      var payload: [UInt8] = []
      payload.append(littleEndian: acknowledged)
      bytes += Frame.encode(.acknowledge, payload)
    }
    if goodbye == true { bytes += Frame.encode(.bye, []) }
    if !bytes.isEmpty { try await write(bytes, to: line) }
    guard let goodbye else { return }
    // The listener hears the agent let go. One that does not ends by its lease; nobody has to wait for that.
    if goodbye { try await Task.sleep(for: patience.silence / 2) }
    throw Fault(.link, "\(node.name) did not say goodbye")
  }

  /// Brings the node what it lacks for these attempts. Returns those that can run; the others are reported.
  private func supply(_ attempts: [AttemptOrder], _ line: any NodeLine) async throws -> [AttemptOrder] {
    var offer = Offer(blobs: [:])
    for file in attempts.lazy.flatMap(\.files) where !present.contains(file.hash) { offer.blobs[file.hash] = file.size }
    guard !offer.blobs.isEmpty else { return attempts }
    var spoiled: [String: Fault] = [:]
    for hash in try await missing(of: offer, line) { spoiled[hash] = try await send(hash, line) }
    present.formUnion(offer.blobs.keys.filter { spoiled[$0] == nil })
    return attempts.filter { attempt in
      guard let fault = attempt.files.lazy.compactMap({ spoiled[$0.hash] }).first else { return true }
      session.forget(attempt.attempt)
      inbox.post(.perished(attempt.attempt, reason: fault.description))
      return false
    }
  }

  private func missing(of offer: Offer, _ line: any NodeLine) async throws -> [String] {
    _ = wants.takeNow()
    asked = .now
    defer { asked = nil }
    try await write(Frame.encode(.offer, json: offer) + clock.ping(), to: line)
    let answers = await wants.take()
    try Task.checkCancellation()
    return Set(answers.flatMap(\.blobs.keys)).filter { offer.blobs[$0] != nil }.sorted()
  }

  /// Sends a content in parts, each followed by a ping: a node that only takes in would be silent for too long. Returns
  /// what is wrong with the file here; throws what is wrong with the line.
  private func send(_ hash: String, _ line: any NodeLine) async throws -> Fault? {
    guard let (path, size) = await supplies.source(hash), let name = bytes(hexadecimal: hash) else {
      return Fault(.notFound, "nobody knows where the content \(hash) lies")
    }
    var offset: Int64 = 0
    var digest = SHA256()
    repeat {
      let part: [UInt8]
      do throws(Fault) {
        part = try Contents.part(of: path, at: offset)
      } catch {
        return error
      }
      digest.update(part)
      let end = offset + Int64(part.count)
      // The last part is held back unless the whole is what was promised.
      guard end < size ? !part.isEmpty : end == size && hexadecimal(digest.finish()) == hash else {
        return Fault(.system, "\(path) changed while the run uses it")
      }
      let payload = BlobPart(hash: name, offset: offset, bytes: part[...]).payload
      try await write(Frame.encode(.blob, payload) + clock.ping(), to: line)
      offset = end
    } while offset < size
    return nil
  }
}
