import CCurl

/// What libcurl's callbacks read from and write to during one transfer. They are called on the connection's thread
/// only, from inside `curl_multi_perform`.
final class CurlTransfer {
  private let body: [UInt8]
  private let limit: Int
  private var offset = 0
  private var headersEnded = false
  private(set) var response = HTTPResponse()
  /// Whether any byte of the request's body was handed over.
  private(set) var bodyBegun = false

  init(body: [UInt8], limit: Int) {
    self.body = body
    self.limit = limit
  }

  /// The response if a final status came at all; `problem` is libcurl's complaint, if it had one.
  func finish(problem: String?) -> HTTPResponse? {
    guard response.status >= 200 else { return nil }
    if let problem {
      response.damage = problem
    } else if !headersEnded {
      response.damage = "the answer's header is cut"
    }
    return response
  }

  private func read(into target: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(target.count, body.count - offset)
    guard count > 0 else { return 0 }
    bodyBegun = true
    body[offset..<offset + count].withUnsafeBytes { target.copyMemory(from: $0) }
    offset += count
    return count
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard response.body.count + bytes.count <= limit else {
      response.isOverLimit = true
      return 0
    }
    response.body += bytes
    return bytes.count
  }

  private func header(_ bytes: UnsafeRawBufferPointer) {
    let line = bytes.prefix(8192).prefix { $0 != 13 && $0 != 10 }
    if line.isEmpty { return headersEnded = response.status >= 200 }
    let text = String(decoding: line.map { $0 < 32 || $0 == 127 ? 63 : $0 }, as: UTF8.self)
    if text.hasPrefix("HTTP/") {
      // An interim answer or a proxy's may come first: the last status line counts.
      let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
      response = HTTPResponse()
      headersEnded = false
      response.status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
      response.reason = parts.count > 2 ? String(decoding: parts[2].utf8.prefix(1024), as: UTF8.self) : ""
    } else if let colon = text.firstIndex(of: ":") {
      let value = text[text.index(after: colon)...].drop { $0 == " " }
      switch text[..<colon].lowercased() {
      case "retry-after": response.retryAfter = Double(value).flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
      case "location": response.location = String(value)
      default: break
      }
    }
  }
}

extension CurlTransfer {
  /// Points a handle's callbacks at this transfer, which must outlive it.
  func attach(to handle: UnsafeMutableRawPointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    sortie_curl_set_pointer(handle, CURLOPT_READDATA, context)
    sortie_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
    sortie_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
    sortie_curl_set_data_callback(handle, CURLOPT_READFUNCTION) { bytes, size, count, context in
      guard let bytes, let transfer = CurlTransfer.from(context) else { return 0 }
      return transfer.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
    }
    sortie_curl_set_data_callback(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      guard let bytes, let transfer = CurlTransfer.from(context) else { return 0 }
      return transfer.write(UnsafeRawBufferPointer(start: bytes, count: size * count))
    }
    sortie_curl_set_data_callback(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let bytes, let transfer = CurlTransfer.from(context) else { return 0 }
      transfer.header(UnsafeRawBufferPointer(start: bytes, count: size * count))
      return size * count
    }
    // On a kept connection that turns out dead, libcurl repeats a request by itself, POST included: the server would
    // get the result twice. It cannot once it has taken bytes of the body, because this body does not rewind.
    sortie_curl_set_seek_callback(handle) { _, _, _ in CURL_SEEKFUNC_FAIL }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
  }
}
