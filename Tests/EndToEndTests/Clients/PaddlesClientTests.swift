import Testing

/// A Ceph lab's own way to talk to paddles, in Python with `requests`, against the real server.
@Suite struct PaddlesClients {
  @Test(.enabled(if: Binaries.python != nil, "SORTIE_TEST_PYTHON names no Python with requests"))
  func reportAndLockAsInALab() async throws {
    guard let python = Binaries.python else { return }
    try await Site.with { site in
      let server = try await site.serve()
      let client = try await site.tool(
        python, Binaries.checkout + "/Tests/Clients/paddles_client.py", server + "/paddles")
      #expect(client.status == 0, "\(client)")
      #expect(client.out == "all is well\n", "\(client)")
    }
  }
}
