import Foundation
import Testing

/// Other worlds' own clients, as released, against our server.
@Suite struct RealClientTests {
  @Test(.enabled(if: Binaries.python != nil, "SORTIE_TEST_PYTHON names no Python with xtesting"))
  func xtesting() async throws {
    try await run("xtesting_client.py", with: Binaries.python) { $0 }
  }

  @Test(.enabled(if: Binaries.clients != nil, "SORTIE_TEST_CLIENTS names no Python with teuthology"))
  func teuthology() async throws {
    try await run("teuthology_client.py", with: Binaries.clients) { $0 + "/paddles" }
  }

  @Test(.enabled(if: Binaries.python != nil, "SORTIE_TEST_PYTHON names no Python with requests"))
  func requests() async throws {
    try await run("requests_client.py", with: Binaries.python) { $0 + "/paddles" }
  }

  private func run(_ script: String, with python: String?, at address: (String) -> String) async throws {
    let python = try #require(python)
    try await Site.with { site in
      let server = address(try await site.serve())
      let ended = try await site.tool(python, Binaries.checkout + "/Tests/Clients/" + script, server)
      #expect(ended.status == 0 && ended.out == "ok\n", "\(ended)")
    }
  }
}
