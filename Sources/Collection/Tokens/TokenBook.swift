import Model
import Store
import Synchronization

/// The tokens of the store, read again when they are half a second old, so that a revocation counts within a second,
/// from whichever process it comes. A request costs the store nothing, least of all one with a token that is wrong.
final class TokenBook: Sendable {
  private struct Page {
    var tokens: [[UInt8]: StoredToken] = [:]
    var read: ContinuousClock.Instant?
    var isReading = false
  }

  /// When the tokens are read again.
  private static let age = Duration.milliseconds(500)
  /// How old they may be while somebody else reads them.
  private static let oldest = Duration.milliseconds(900)

  private let store: ResultStore
  private let clock: @Sendable () -> Timestamp
  private let page = Mutex(Page())

  init(store: ResultStore, clock: @escaping @Sendable () -> Timestamp) {
    self.store = store
    self.clock = clock
  }

  /// What the bearer of a token may write; nil if it is none, or has expired.
  /// - Throws: `system` if the tokens cannot be read.
  func access(_ text: String) async throws(Fault) -> Access? {
    guard let token = Token(sent: text) else { return nil }
    let hash = token.hash
    // Found by hash: how long a lookup takes tells at most about the hash of what was guessed. What is found is compared
    // once more in constant time.
    guard let found = try await tokens()[hash], Self.areEqual(found.hash, hash), isValid(found) else { return nil }
    return Access(found)
  }

  /// Whether anybody could write at all.
  func isEmpty() async throws(Fault) -> Bool { try await !tokens().values.contains(where: isValid) }

  private func isValid(_ token: StoredToken) -> Bool { token.expires.map { clock() < $0 } ?? true }

  private func tokens() async throws(Fault) -> [[UInt8]: StoredToken] {
    let fresh: [[UInt8]: StoredToken]? = page.withLock { page in
      if let read = page.read {
        let age = ContinuousClock.now - read
        if age < Self.age || (page.isReading && age < Self.oldest) { return page.tokens }
      }
      page.isReading = true
      return nil
    }
    if let fresh { return fresh }
    let start = ContinuousClock.now
    do throws(Fault) {
      let tokens = Dictionary(try await store.tokens().map { ($0.hash, $0) }, uniquingKeysWith: { $1 })
      page.withLock { page in
        page.isReading = false
        // Two may have read; the later of them knows more.
        if page.read.map({ $0 < start }) ?? true { (page.tokens, page.read) = (tokens, start) }
      }
      return tokens
    } catch {
      page.withLock { $0.isReading = false }
      throw error
    }
  }

  /// Compares without stopping at the first difference.
  private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}

extension Access {
  /// What a token's scopes come to. Only the Test API has projects, so one that is limited to some is for nothing else.
  /// A dialect of a newer release is none of ours.
  init(_ token: StoredToken) {
    let named = token.dialects.isEmpty ? DialectName.allCases : token.dialects.compactMap(DialectName.init)
    let projects = token.projects.isEmpty ? nil : token.projects
    self.init(dialects: Set(named.filter { projects == nil || $0 == .testapi }), projects: projects)
  }
}
