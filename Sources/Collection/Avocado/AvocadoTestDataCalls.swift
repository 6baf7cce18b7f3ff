import Dialects
import Store

extension AvocadoDialect {
  func addDatum(to test: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    let draft = try Avocado.TestDataDraft(call.body)
    let datum = AvocadoDatum(category: draft.category, name: draft.key, value: draft.value.map { Array($0.utf8) })
    return AvocadoReply(
      try await store.addAvocadoDatum(
        datum, toTest: test, of: job, request: call.request, answer: .added(.testData)))
  }

  /// Values may be large, so they are read and sent one after the other.
  func listData(of test: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws -> AvocadoReply {
    let found = try await store.avocadoDataKeys(ofTest: test, of: job, window: call.window)
    let (page, next, previous) = try call.page(of: found.total)
    guard !found.rows.isEmpty else {
      return AvocadoReply(Avocado.page(page, next: next, previous: previous, [Avocado.TestData]()))
    }
    var writer = JSONWriter(compact: true)
    Avocado.openPage(page, next: next, previous: previous, &writer)
    let stream = DataStream(store: store, test: test, keys: found.rows[...], head: writer.bytes)
    return AvocadoReply { try await stream.next() }
  }

  /// Everything that can be done with one datum.
  func oneDatum(_ key: Int64, of test: Int64, of job: AvocadoJobName, _ call: AvocadoCall) async throws
    -> AvocadoReply
  {
    switch call.verb {
    case "DELETE":
      try await store.removeAvocadoDatum(key, ofTest: test, of: job)
      return .gone
    case "GET", "HEAD":
      return AvocadoReply(Avocado.show(Avocado.TestData(try await store.avocadoDatum(key, ofTest: test, of: job))))
    default:
      let change = try Avocado.TestDataChange(call.body, partial: call.verb == "PATCH")
      do {
        let datum = try await store.changeAvocadoDatum(
          key, ofTest: test, of: job, test: change.test, category: change.category, name: change.key)
        return AvocadoReply(Avocado.show(Avocado.TestData(datum)))
      } catch AvocadoProblem.parentAbsent {
        throw Avocado.Refusal.unknown("test", key: "\(change.test ?? test)")
      } catch AvocadoProblem.exists {
        throw Avocado.Refusal.notUnique("test, category, key")
      }
    }
  }
}

/// Reads the next datum when the last one is written.
private actor DataStream {
  private let store: ResultStore
  private let test: Int64
  private var keys: ArraySlice<Int64>
  private var head: [UInt8]
  private var isFirst = true
  private var isDone = false

  init(store: ResultStore, test: Int64, keys: ArraySlice<Int64>, head: [UInt8]) {
    self.store = store
    self.test = test
    self.keys = keys
    self.head = head
  }

  func next() async throws -> [UInt8]? {
    guard !isDone else { return nil }
    if !head.isEmpty {
      defer { head = [] }
      return head
    }
    var writer = JSONWriter(compact: true)
    // One that was removed meanwhile is left out.
    while let key = keys.popFirst() {
      guard let datum = try await store.avocadoDatum(key, ofTest: test) else { continue }
      if !isFirst { writer.appendComma() }
      isFirst = false
      Avocado.TestData(datum).write(to: &writer)
      return writer.bytes
    }
    isDone = true
    Avocado.closePage(&writer)
    return writer.bytes
  }
}
