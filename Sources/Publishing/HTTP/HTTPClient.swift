import CCurl
import Dialects
import Model
import Synchronization
import Threads

/// One server's connection: libcurl on a thread of its own, one exchange after the other over one kept-alive connection.
actor HTTPClient {
  /// `@unchecked Sendable`: `curl_multi_wakeup` may be called from any thread; everything else about the handle stays on
  /// the actor's own.
  private struct Waker: @unchecked Sendable {
    let multi: UnsafeMutableRawPointer
    func wake() { curl_multi_wakeup(multi) }
  }

  private let executor: ThreadExecutor
  private let address: ServerAddress
  private let limits: HTTPLimits
  private let easy: UnsafeMutableRawPointer
  private let multi: UnsafeMutableRawPointer
  private let waker: Waker

  /// libcurl wants to be initialized once, before anything else.
  private static let globalState = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Throws `.system` if there is no thread or no memory for it.
  init(to address: ServerAddress, limits: HTTPLimits) throws(Fault) {
    guard Self.globalState == CURLE_OK, let easy = curl_easy_init(), let multi = curl_multi_init() else {
      throw Fault(.system, "libcurl could not be started")
    }
    self.executor = try ThreadExecutor()
    self.address = address
    self.limits = limits
    self.easy = easy
    self.multi = multi
    self.waker = Waker(multi: multi)
  }

  isolated deinit {
    curl_easy_cleanup(easy)
    curl_multi_cleanup(multi)
    executor.stop()
  }

  /// Sends one request and waits for its answer. Cancelling the task ends the transfer at once.
  nonisolated func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let flag = CancelFlag()
    let result = await withTaskCancellationHandler {
      await exchange(request, until: flag)
    } onCancel: {
      flag.raise()
      waker.wake()
    }
    return try result.get()
  }

  private func exchange(_ request: HTTPRequest, until flag: CancelFlag) -> Result<HTTPResponse, HTTPFailure> {
    let body = request.method.body
    let transfer = CurlTransfer(body: body, limit: limits.answerBytes)
    let headers = HeaderList(request.headers)
    var message = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    return message.withUnsafeMutableBufferPointer { message in
      configure(request, bodyCount: body.count)
      sortie_curl_set_pointer(easy, CURLOPT_HTTPHEADER, headers.list)
      sortie_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, message.baseAddress)
      transfer.attach(to: easy)
      let code = perform(until: flag)
      // The handle outlives what it was given for this exchange.
      curl_easy_reset(easy)
      guard let code else {
        return .failure(transfer.bodyBegun ? .unanswered("cancelled") : .notSent("cancelled"))
      }
      var problem = code == CURLE_OK ? nil : String(cString: curl_easy_strerror(code))
      if code != CURLE_OK, let text = message.baseAddress, text.pointee != 0 { problem = String(cString: text) }
      // What plain HTTP meets at a port with TLS, and TLS at one without.
      if code == CURLE_GOT_NOTHING, request.url.hasPrefix("http:") { problem?.append(" (is it https there?)") }
      if code == CURLE_SSL_CONNECT_ERROR { problem?.append(" (is it https there, and not http?)") }
      if let response = transfer.finish(problem: problem) { return .success(response) }
      let reason = problem ?? "no answer"
      return .failure(transfer.bodyBegun ? .unanswered(reason) : .notSent(reason))
    }
  }

  private func configure(_ request: HTTPRequest, bodyCount: Int) {
    sortie_curl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    sortie_curl_set_string(easy, CURLOPT_URL, request.url)
    sortie_curl_set_string(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    sortie_curl_set_string(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    sortie_curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0)
    sortie_curl_set_long(easy, CURLOPT_PATH_AS_IS, 1)
    // Reason phrases exist in HTTP/1 only.
    sortie_curl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    sortie_curl_set_string(easy, CURLOPT_USERAGENT, "sortie")
    sortie_curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1)
    sortie_curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2)
    sortie_curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, Int(limits.connectSeconds * 1000))
    sortie_curl_set_long(easy, CURLOPT_TIMEOUT_MS, Int(limits.totalSeconds * 1000))
    // A proxy from the environment cannot reach this machine's own loopback.
    if isLoopback(address.host) { sortie_curl_set_string(easy, CURLOPT_NOPROXY, "*") }
    if let login = address.login {
      sortie_curl_set_string(easy, CURLOPT_USERNAME, login.user)
      sortie_curl_set_string(easy, CURLOPT_PASSWORD, login.password)
    }
    switch request.method {
    case .get: sortie_curl_set_long(easy, CURLOPT_HTTPGET, 1)
    case .post, .other:
      sortie_curl_set_long(easy, CURLOPT_POST, 1)
      if case .other(let verb, _) = request.method { sortie_curl_set_string(easy, CURLOPT_CUSTOMREQUEST, verb) }
      sortie_curl_set_size(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bodyCount))
    }
  }

  /// Runs the transfer to its end; nil: the flag was raised first.
  private func perform(until flag: CancelFlag) -> CURLcode? {
    guard curl_multi_add_handle(multi, easy) == CURLM_OK else { return CURLE_FAILED_INIT }
    defer { curl_multi_remove_handle(multi, easy) }
    while !flag.isRaised {
      var running: CInt = 0
      guard curl_multi_perform(multi, &running) == CURLM_OK else { return CURLE_RECV_ERROR }
      var left: CInt = 0
      if running == 0 {
        guard let message = curl_multi_info_read(multi, &left) else { return CURLE_RECV_ERROR }
        return message.pointee.data.result
      }
      curl_multi_poll(multi, nil, 0, 1000, nil)
    }
    return nil
  }
}

private final class CancelFlag: Sendable {
  private let raised = Atomic(false)
  var isRaised: Bool { raised.load(ordering: .acquiring) }
  func raise() { raised.store(true, ordering: .releasing) }
}

/// Owns libcurl's list of header lines.
private struct HeaderList: ~Copyable {
  private(set) var list: UnsafeMutablePointer<curl_slist>?

  init(_ headers: [(name: String, value: String)]) {
    // Without the empty line, libcurl asks for leave first (100-continue) and waits a second for servers that never answer.
    for line in headers.map({ "\($0.name): \($0.value)" }) + ["Expect:"] {
      list = curl_slist_append(list, line) ?? list
    }
  }

  deinit { curl_slist_free_all(list) }
}

/// Whether a host name stands for this machine itself.
func isLoopback(_ host: String) -> Bool {
  if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
  let parts = host.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
}
