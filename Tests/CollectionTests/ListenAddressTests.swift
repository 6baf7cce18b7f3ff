import Logging
import Model
import Testing

@testable import Collection

@Suite struct ListenAddressTests {
  @Test(arguments: [
    ("127.0.0.1:8000", "127.0.0.1:8000"), ("127.1.2.3:0", "127.1.2.3:0"), ("[::1]:80", "[::1]:80"),
    ("localhost:1", "127.0.0.1:1"),
  ])
  func loopbackIsServed(_ text: String, _ served: String) throws {
    let address = try ListenAddress(parsing: text)
    #expect(address.isLoopback && address.bound.description == served)
  }

  @Test(arguments: [
    "0.0.0.0:80", "[::]:80", "192.168.1.1:80", "example.org:80", "127.0.0.1.evil:80", "[::2]:80", "[1::1]:80",
    "127.1:80",
  ])
  func othersAreNot(_ text: String) throws {
    let address = try ListenAddress(parsing: text)
    #expect(!address.isLoopback && address.bound == address)
  }

  @Test(arguments: ["", "8000", ":8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1"])
  func nonsenseIsRefused(_ text: String) {
    #expect(throws: Fault.self) { try ListenAddress(parsing: text) }
  }

  @Test func theServerItselfRefusesAndATakenPortIsSaidSo() async throws {
    try await TestServer.run { server in
      func make(_ host: String) throws -> CollectionServer {
        try CollectionServer(
          listen: ListenAddress(host: host, port: server.port), store: server.store,
          clock: { Timestamp(nanoseconds: 0) }, logger: Logger(label: "test"))
      }
      let refused = #expect(throws: Fault.self) { try make("0.0.0.0") }
      #expect(refused?.code == .usage && refused?.hint?.contains("--insecure-http") == true)
      let second = try make("127.0.0.1")
      let taken = await #expect(throws: Fault.self) { try await second.run { _ in } }
      #expect(taken?.code == .busy)
    }
  }
}
