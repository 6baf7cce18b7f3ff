import Foundation
import Glibc
import Testing

/// `sortie serve` and `sortie token` from outside.
@Suite struct Serving {
  /// The lines that a server begins with.
  private func lines(_ server: Program, _ count: Int) async throws -> [String] {
    try await awaited(server.out, "\(count) lines") { text in
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      return lines.count > count ? Array(lines.prefix(count)) : nil
    }
  }

  @Test func everyPortIsNamedTheMainOneFirst() async throws {
    try await Site.with { site in
      let server = try site.start(
        "serve", "--listen", "127.0.0.1:0", "--avocado-listen", "127.0.0.1:0", "--paddles-listen", "[::1]:0",
        "--store", site.folder + "/results.db")
      let lines = try await lines(server, 3)
      #expect(lines[0].wholeMatch(of: /http:\/\/127\.0\.0\.1:\d+/) != nil)
      #expect(lines[1].wholeMatch(of: /paddles http:\/\/\[::1\]:\d+/) != nil)
      #expect(lines[2].wholeMatch(of: /avocado http:\/\/127\.0\.0\.1:\d+/) != nil)
      let index = try await WebClient.get(lines[0] + "/")
      #expect(index.status == "HTTP/1.1 200 OK" && String(decoding: index.body, as: UTF8.self).contains("/paddles/"))
      #expect(try await WebClient.get(lines[2].dropFirst(8) + "/readyz").status == "HTTP/1.1 200 OK")
      server.signal(SIGTERM)
      #expect(await server.ended().status == 0)
    }
  }

  @Test(arguments: [SIGTERM, SIGINT]) func whatHasBegunIsAnswered(_ signal: Int32) async throws {
    try await Site.with { site in
      let server = try site.start("serve", "--listen", "127.0.0.1:0", "--store", site.folder + "/results.db")
      let url = try await lines(server, 1)[0]
      let port = try #require(url.split(separator: ":").last.flatMap { UInt16($0) })
      let body = #"{"name": "a"}"#
      let head =
        "POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
      let answer = try await onThread {
        let client = try Talk(port)
        // Once it is told to go on, the request has begun.
        client.send(head)
        let interim = client.receive()
        server.signal(signal)
        // The port is closed first, and then what has begun is waited for.
        while (try? Talk(port)) != nil {}
        client.send(body)
        return interim + client.untilClosed()
      }
      #expect(answer.contains("HTTP/1.1 100 Continue") && answer.contains("HTTP/1.1 200 OK"), "\(answer)")
      #expect(await server.ended().status == 0)
      let again = try await site.serve()
      #expect(try await WebClient.get(again + "/api/v1/pods/a").status == "HTTP/1.1 200 OK")
    }
  }

  @Test func tokensFromFirstToLast() async throws {
    try await Site.with { site in
      let store = ["--store", site.folder + "/results.db"]
      let added = try await site.sortie(["token", "add", "ci"] + store)
      let token = added.out.trimmingCharacters(in: .newlines)
      #expect(added.status == 0 && token.wholeMatch(of: /sortie_[0-9a-f]{64}/) != nil, "\(added)")
      let twice = try await site.sortie(["token", "add", "ci"] + store)
      #expect(twice.status == 2 && twice.err.contains("there is a token ci"), "\(twice)")
      let scoped = try await site.sortie(
        ["token", "add", "some", "--project", "functest", "--project", "a b", "--expires-days", "7"] + store)
      #expect(scoped.status == 0)
      let list = try await site.sortie(["token", "list"] + store)
      #expect(list.out.contains("ci\teverything") && list.out.contains("some\ttestapi only a b,functest"), "\(list)")
      #expect(list.out.contains("expires 20") && !list.out.contains("sortie_"))
      let bytes = try #require(FileManager.default.contents(atPath: site.folder + "/results.db"))
      #expect(bytes.firstRange(of: Data(token.utf8)) == nil, "the store holds the token itself")

      let server = try site.start(["serve", "--listen", "127.0.0.1:0", "--require-token"] + store)
      let port = try #require(try await lines(server, 1)[0].split(separator: ":").last.flatMap { UInt16($0) })
      func delete(_ field: String) async throws -> String {
        try await onThread {
          let client = try Talk(port)
          client.send("DELETE /api/v1/pods/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(field)\r\n")
          return client.untilClosed().split(separator: "\r\n").first.map(String.init) ?? ""
        }
      }
      #expect(try await delete("") == "HTTP/1.1 401 No Authentication Header")
      #expect(try await delete("X-Auth-Token: \(token)\r\n").hasPrefix("HTTP/1.1 404 "))
      #expect(try await site.sortie(["token", "revoke", "ci"] + store).status == 0)
      let limit = ContinuousClock.now + .seconds(10)
      while try await delete("X-Auth-Token: \(token)\r\n").hasPrefix("HTTP/1.1 404 "), ContinuousClock.now < limit {}
      #expect(try await delete("X-Auth-Token: \(token)\r\n") == "HTTP/1.1 403 Invalid Token")
      let gone = try await site.sortie(["token", "revoke", "ci"] + store)
      #expect(gone.status == 2 && gone.err.contains("no token ci"), "\(gone)")
    }
  }

  @Test func mistakesAreSaid() async throws {
    try await Site.with { site in
      let store = ["--store", site.folder + "/results.db"]
      for (arguments, text) in [
        (["serve", "--listen", "0.0.0.0:0"], "--insecure-http"),
        (["serve", "--listen", "0.0.0.0:0", "--insecure-http"], "sortie token add"),
        (["serve", "--listen", "127.0.0.1:0", "--paddles-listen", "[::]:0"], "--insecure-http"),
        (["serve", "--tls-cert", "x.pem"], "go together"),
        (["serve", "--tls-cert", "x.pem", "--tls-key", "y.pem"], "x.pem does not exist"),
        (["serve", "--avocado-listen", "here"], "HOST:PORT"),
        (["token", "add", ""], "1 to 200 bytes"), (["token", "add", "a\nb"], "1 to 200 bytes"),
        (["token", "add", "a", "--dialect", "nope"], "nope"),
        (["token", "add", "a", "--dialect", "paddles", "--project", "p"], "no projects"),
        (["token", "add", "a", "--expires-days", "0"], "1 to 36500"),
      ] {
        let ended = try await site.sortie(arguments + store)
        #expect(ended.status == 2 && ended.err.contains(text), "\(ended)")
      }
    }
  }
}

/// A connection that speaks bytes.
private final class Talk {
  private let descriptor: Int32

  init(_ port: UInt16) throws {
    descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Overdue(description: "nobody listens on \(port)") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  func receive() -> String {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    return String(decoding: chunk.prefix(max(count, 0)), as: UTF8.self)
  }

  func untilClosed() -> String {
    var text = ""
    while case let more = receive(), !more.isEmpty { text += more }
    return text
  }
}
