import Collection
import Foundation
import Glibc
import Model
import NIOCore
import NIOPosix
import NIOSSL
import Store
import Testing

@Suite struct TLSTests {
  /// Writes PEM files into a folder that goes away again.
  private static func withFiles<Value>(_ files: [String: String], _ body: (String) async throws -> Value) async throws
    -> Value
  {
    var template = Array("/tmp/sortie-tls-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Fault(.system, "mkdtemp") }
    let folder = String(cString: made)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files { try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8) }
    return try await body(folder)
  }

  private static func withServer(
    _ limits: Limits = Limits(), _ body: @escaping @Sendable (TestServer) async throws -> Void
  )
    async throws
  {
    try await withFiles(["cert.pem": PEM.certificate, "key.pem": PEM.key]) { folder in
      var protection = Protection()
      protection.certificate = try Certificate(certificates: folder + "/cert.pem", key: folder + "/key.pem")
      try await TestServer.run(limits: limits, protection: protection, body)
    }
  }

  @Test(arguments: [TLSVersion.tlsv12, .tlsv13]) func answersComeEncrypted(_ version: TLSVersion) async throws {
    try await Self.withServer { server in
      let request = TestServer.request(
        "POST", "/api/v1/pods", json: #"{"name": "a"}"#, headers: ["Connection: close"])
      let answer = try await TLSClient.exchange(server.port, request, version: version)
      #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(answer.hasSuffix(#"{"href": "https://collector.test:8000/api/v1/pods/a"}"#), "\(answer)")
      let index = try await TLSClient.exchange(
        server.port, TestServer.request("GET", "/", headers: ["Connection: close"]), version: version)
      #expect(index.contains(#""https://collector.test:8000/paddles/""#))
    }
  }

  @Test func oldProtocolsAreRefused() async throws {
    try await Self.withServer { server in
      await #expect(throws: (any Error).self) {
        try await TLSClient.exchange(server.port, TestServer.request("GET", "/versions"), version: .tlsv11)
      }
    }
  }

  @Test func whoSpeaksPlainlyOrNotAtAllIsCut() async throws {
    var limits = Limits()
    limits.idle = 0.2
    try await Self.withServer(limits) { server in
      let plain = try server.connect()
      await plain.send(TestServer.request("GET", "/versions"))
      #expect(!String(decoding: try await plain.untilClosed(), as: UTF8.self).contains("HTTP"))
      #expect(try await server.connect().untilClosed().isEmpty)
    }
  }

  @Test func filesThatAreWrongAreNamed() async throws {
    let files = [
      "cert.pem": PEM.certificate, "key.pem": PEM.key, "other.pem": PEM.otherKey, "text.pem": "hello\n",
      "locked.pem": PEM.key.replacing("PRIVATE", with: "ENCRYPTED PRIVATE"), "empty.pem": "",
    ]
    try await Self.withFiles(files) { folder in
      for (certificate, key, named, text) in [
        ("none.pem", "key.pem", "none.pem", "does not exist"), ("cert.pem", "none.pem", "none.pem", "does not exist"),
        ("text.pem", "key.pem", "text.pem", "no certificate"), ("empty.pem", "key.pem", "empty.pem", "no certificate"),
        ("key.pem", "key.pem", "key.pem", "no certificate"), ("cert.pem", "text.pem", "text.pem", "no private key"),
        ("cert.pem", "cert.pem", "cert.pem", "no private key"), ("cert.pem", "other.pem", "other.pem", "not that of"),
        ("cert.pem", "locked.pem", "locked.pem", "encrypted"), (".", "key.pem", "/.", "cannot be read"),
      ] {
        let fault = #expect(throws: Fault.self, "\(certificate) \(key)") {
          try Certificate(certificates: "\(folder)/\(certificate)", key: "\(folder)/\(key)")
        }
        #expect(fault?.code == .usage && fault?.message.contains(named) == true, "\(String(describing: fault))")
        #expect(fault?.message.contains(text) == true, "\(String(describing: fault))")
      }
    }
  }
}

/// One request over TLS.
private enum TLSClient {
  /// What the server answers until it closes.
  static func exchange(_ port: Int, _ request: [UInt8], version: TLSVersion) async throws -> String {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    configuration.minimumTLSVersion = version
    configuration.maximumTLSVersion = version
    let context = try NIOSSLContext(configuration: configuration)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    return try await channel.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(bytes: request))
      var answer = ""
      for try await part in inbound { answer += String(buffer: part) }
      guard !answer.isEmpty else { throw Fault(.link, "no answer") }
      return answer
    }
  }
}

/// A certificate for localhost that is known to nobody, its key, and another key.
private enum PEM {
  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmzCCAUGgAwIBAgIUZeYcz1j1zwoF5R8V/GUPlztOZycwCgYIKoZIzj0EAwIw
    FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTA3MjAxNloYDzIxMjYxMDI4
    MDcyMDE2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAAS+fbHT5OvNfGqj8Ca092svYQJj3p/ZHM6sjVFHxnVSD0Z+REQ6NQWC
    +YQEQISyn87gaSVMR+7/AsyqVdQgw65Go28wbTAdBgNVHQ4EFgQUx1Jl7L9ifN5F
    +qZGTUwvGxWXAfwwHwYDVR0jBBgwFoAUx1Jl7L9ifN5F+qZGTUwvGxWXAfwwDwYD
    VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
    zj0EAwIDSAAwRQIhALyyiDDJntlsKQ7nUSX+p9S0QokAUVPsa79IpLvZDc4wAiAz
    z71q7YiWocOSUp+hM1nZ49IL6QnaFhO+DV7tYnb4XA==
    -----END CERTIFICATE-----

    """
  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjNp/DU/zhkZz8u+o
    7UTQoD1yz+YTFWNP1ky6mf4SEt6hRANCAAS+fbHT5OvNfGqj8Ca092svYQJj3p/Z
    HM6sjVFHxnVSD0Z+REQ6NQWC+YQEQISyn87gaSVMR+7/AsyqVdQgw65G
    -----END PRIVATE KEY-----

    """
  static let otherKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgh0Il9UlHYGBBXXtS
    fsAIJA6CyQk0r4Bgxzj6YB3c3jihRANCAARwYQBWZtJsdszoEH1BHW01HOvBLaAH
    LRyuBDa98c1/XJf1rnLr0H6YZG+C2qsLVxpGzL0xkMvvZ8vmZkAM86T1
    -----END PRIVATE KEY-----

    """
}
