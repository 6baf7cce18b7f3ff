extension Avocado {
  /// Reads bodies of the type `multipart/form-data` (RFC 7578), within bounds: what browsers and Django's own test
  /// client send. A file counts as a field with its content.
  public enum Multipart {
    /// The most parts.
    static let partLimit = 256
    /// The longest head of a part, in bytes.
    static let headLimit = 4096

    /// The fields in the order sent.
    /// - Throws: 400 with what is wrong.
    public static func fields(_ bytes: [UInt8], boundary: String) throws(Refusal) -> [(name: String, value: String)] {
      guard (1...200).contains(boundary.utf8.count) else {
        throw malformed("Invalid boundary in multipart: \(boundary)")
      }
      let delimiter = Array("--\(boundary)".utf8)
      guard bytes.starts(with: delimiter) else { throw malformed("the body does not begin with its boundary") }
      // Every further one stands at the beginning of a line.
      let inner = [13, 10] + delimiter
      var fields: [(name: String, value: String)] = []
      var index = delimiter.count
      while !bytes[index...].starts(with: "--".utf8) {
        guard bytes[index...].starts(with: [13, 10]) else { throw malformed("a boundary is followed by something") }
        guard let end = find(inner, in: bytes, from: index) else { throw malformed("the last boundary is missing") }
        guard fields.count < partLimit else { throw malformed("more than \(partLimit) parts") }
        fields.append(try field(bytes, index + 2, end))
        index = end + inner.count
      }
      return fields
    }

    private static func field(_ bytes: [UInt8], _ start: Int, _ end: Int) throws(Refusal) -> (String, String) {
      // The head ends with an empty line; the value of an empty field is nothing at all.
      let blank: [UInt8] = [13, 10, 13, 10]
      guard start < end, let head = find(blank, in: bytes, from: start), head <= end - blank.count || head == end - 2,
        head - start <= headLimit
      else { throw malformed("a part has no head") }
      let value = bytes[min(head + blank.count, end)..<end]
      guard let name = name(String(decoding: bytes[start..<head], as: UTF8.self)) else {
        throw malformed("a part has no name")
      }
      guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
        throw malformed("a value is no text")
      }
      return (name, text)
    }

    private static func name(_ head: String) -> String? {
      for line in head.split(separator: "\r\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "content-disposition" else { continue }
        return MediaType(parts[1]).parameters["name"]
      }
      return nil
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
      var index = start
      while let found = bytes[index...].firstIndex(of: pattern[0]), found + pattern.count <= bytes.count {
        if bytes[found..<found + pattern.count].elementsEqual(pattern) { return found }
        index = found + 1
      }
      return nil
    }

    private static func malformed(_ problem: String) -> Refusal {
      Refusal(400, "Multipart form parse error - \(problem)")
    }
  }
}
