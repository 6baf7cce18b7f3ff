import Collection
import Dispatch
import Glibc
import Model
import TestSupport
import Testing

/// Broken requests against a real server on a real socket: each connection is answered in HTTP or closed, and the next
/// good request is answered well.
@Suite struct FuzzTests {
  private static let words = [
    "\r\n", "\r\n\r\n", "\n", " ", "\t", ":", "HTTP/1.1", "HTTP/9.9", "GET ", "POST ", "CONNECT ", "%00", "%ff", "%",
    "?", "&", "=", "Content-Length: 5\r\n", "Content-Length: -1\r\n", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n",
    "ffffffffffffffff\r\n", "Expect: 100-continue\r\n", "Connection: close\r\n", "Upgrade: h2c\r\n", "\u{0}", "é",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "Idempotency-Key: x\r\n", "[[[[[[", "/paddles/", "/avocado/", "--b\r\n", "9e99",
    "{\"name\":", "\"\\ud800\"",
  ].map { Array($0.utf8) }

  private static let corpus: [[UInt8]] = [
    TestServer.request("GET", "/versions"),
    TestServer.request("GET", "/api/v1/results?pod=pod1&case=vping&last=3&from=2026-01-01&descend=true&page=2"),
    TestServer.request("GET", "/api/v1/pods/pod1") + TestServer.request("HEAD", "/api/v1/projects"),
    TestServer.request("POST", "/api/v1/pods", json: #"{"name": 5}"#, headers: ["Idempotency-Key: k"]),
    TestServer.request("POST", "/api/v1/results", json: resultBody(#""criteria": "PASS", "details": {"a": [1, 2.5]}"#)),
    TestServer.request("PUT", "/api/v1/projects/functest", json: #"{"description": "d"}"#),
    TestServer.request("DELETE", "/api/v1/projects/functest/cases/vping"),
    TestServer.request("POST", "/results", json: #"{"project_name": "functest", "case_name": "vping", "pod_id": 1}"#),
    TestServer.request("GET", "/testapi/results/project=functest&case=vPing&pod=1&period=15"),
    TestServer.request("PUT", "/test_projects/functest/cases/vping", json: #"{"name": "x", "description": "d"}"#),
    TestServer.request("GET", "/dashboard/v1/results?project=functest&case=Tempest&period=5&last=3"),
    TestServer.request("POST", "/api/v1/scenarios/os/projects?installer=a&version=1", json: #"[{"project": "x"}]"#),
    TestServer.request(
      "POST", "/paddles/runs/", json: #"{"name": "alice-2026-11-20_10:00:00-rados-main-distro-basic"}"#),
    TestServer.request(
      "GET", "/paddles/runs/branch/main/status/finished%20pass/date/from/2026-11-01/to/today/?count=5"),
    TestServer.request(
      "POST", "/paddles/runs/r/jobs/",
      json: #"{"job_id": "7", "status": "queued", "priority": 5, "queue": "q", "timestamp": "2026-11-20_10:00:00"}"#),
    TestServer.request("PUT", "/paddles/runs/r/jobs/7/", json: #"{"status": "running", "targets": {"u@n": "k"}}"#)
      + TestServer.request("GET", "/paddles/jobs?fields=job_id,status&posted_after=2026-11-20&page=2"),
    TestServer.request("POST", "/paddles/nodes/", json: #"{"name": "n", "machine_type": "vps", "up": true}"#),
    TestServer.request(
      "POST", "/paddles/nodes/lock_many", json: #"{"count": 10.0, "locked_by": "a", "machine_type": "vps|x"}"#),
    TestServer.request("PUT", "/paddles/nodes/n/lock/", json: #"{"name": "n", "locked": true, "locked_by": "a"}"#),
    TestServer.request("PUT", "/paddles/queue/", json: #"{"queue": "q", "paused_by": "a", "pause_duration": 60}"#)
      + TestServer.request("GET", "/paddles/queue/pop_queue?queue=q"),
    TestServer.request(
      "POST", "/avocado/jobs/", json: #"{"id": "a1", "status": "PASS", "elapsed_time": "1.5"}"#,
      headers: ["Authorization: Basic YWRtaW46MTIz", "Accept: application/json; indent=4"]),
    TestServer.request("GET", "/avocado/jobs/?ordering=-status,time&page=last")
      + TestServer.request("OPTIONS", "/avocado/"),
    TestServer.request(
      "POST", "/avocado/jobs/a1/activities/", json: #"{"activity": "A", "time": "2026-11-20T10:00:00.5+01:00"}"#),
    TestServer.request("PATCH", "/avocado/jobs/a1/tests/1/", json: #"{"status": "FAIL"}"#)
      + TestServer.request("GET", "/avocado/jobs/a1/tests/1/data/"),
    Array(
      ("POST /avocado/jobs/a1/tests/ HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + "Content-Length: 19\r\n\r\ntag=%41&status=PASS").utf8),
    Array(
      ("POST /avocado/jobs/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        + "Content-Length: 65\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nPASS\r\n--b--").utf8),
    Array(
      ("POST /api/v1/pods HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "6\r\n{\"name\r\n5\r\n\": 7}\r\n0\r\nX-Trailer: y\r\n\r\n").utf8),
  ]

  @Test func brokenRequests() async throws {
    var limits = Limits()
    limits.body = 64 << 10
    try await TestServer.run(limits: limits) { server in
      let port = server.port
      try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
        DispatchQueue(label: "fuzz").async { done.resume(with: Result { try Self.attack(port) }) }
      }
    }
  }

  private static func attack(_ port: Int) throws {
    let good = TestServer.request("GET", "/versions", headers: ["Connection: close"])
    var answered = 0
    let mutator = Mutator(corpus: corpus, words: words, limit: 128 << 10)
    let count = try Fuzz("requests", mutator).run { seed, bytes in
      let answer = try Exchange(port: port, seed: seed).answers(bytes)
      answered += answer.isEmpty ? 0 : 1
      guard answer.isEmpty || answer.starts(with: "HTTP/1.".utf8) else {
        throw Fault(.wire, "the answer begins with \(String(decoding: answer.prefix(40), as: UTF8.self))")
      }
      guard seed % 8 == 0 else { return }
      let next = try Exchange(port: port, seed: seed).answers(good)
      guard next.starts(with: "HTTP/1.1 200 OK\r\n".utf8) else {
        throw Fault(.wire, "a good request after it got \(String(decoding: next.prefix(40), as: UTF8.self))")
      }
    }
    #expect(count == 1 || answered > count / 4, "\(answered) of \(count) got as far as an answer")
  }
}

/// One connection: everything is sent, then everything is read.
private struct Exchange {
  let port: Int
  let seed: UInt64

  /// What the server answered until it closed. Throws `.link` if it takes no connection, or neither answers nor closes
  /// within 20 seconds.
  func answers(_ bytes: [UInt8]) throws -> [UInt8] {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard connect(descriptor) else { throw Fault(.link, "connect: \(String(cString: strerror(errno)))") }
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { break }
      sent += count
    }
    shutdown(descriptor, Int32(SHUT_WR))
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count < 0, errno == EAGAIN { throw Fault(.link, "20 s without an answer") }
      guard count > 0, answer.count < 4 << 20 else { return answer }
      answer += chunk[..<count]
    }
  }

  /// From one of many loopback addresses: a million connections would use up the ports of one.
  private func connect(_ descriptor: Int32) -> Bool {
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let source = UInt32(0x7F01_0001) + UInt32(seed / 4_096 % 60_000)
    let isBound = withAddress(source, port: 0) { bind(descriptor, $0, length) == 0 }
    return isBound && withAddress(0x7F00_0001, port: port) { Glibc.connect(descriptor, $0, length) == 0 }
  }

  private func withAddress(_ host: UInt32, port: Int, _ body: (UnsafePointer<sockaddr>) -> Bool) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = host.bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}
