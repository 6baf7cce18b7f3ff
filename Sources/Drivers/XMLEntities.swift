/// The text with `&lt; &gt; &amp; &quot; &apos;` and character references resolved; nil if something else follows an
/// ampersand. Nothing is expanded twice.
func resolvingEntities(_ bytes: ArraySlice<UInt8>) -> String? {
  var output: [UInt8] = []
  output.reserveCapacity(bytes.count)
  var position = bytes.startIndex
  while position < bytes.endIndex {
    guard bytes[position] == UInt8(ascii: "&") else {
      output.append(bytes[position])
      position += 1
      continue
    }
    // The longest that is valid is &#x10FFFF;
    let window = bytes[position + 1..<min(position + 12, bytes.endIndex)]
    guard let end = window.firstIndex(of: UInt8(ascii: ";")),
      let scalar = entity(String(decoding: window[..<end], as: UTF8.self))
    else { return nil }
    output += String(scalar).utf8
    position = end + 1
  }
  return String(decoding: output, as: UTF8.self)
}

private func entity(_ name: String) -> Unicode.Scalar? {
  switch name {
  case "lt": return "<"
  case "gt": return ">"
  case "amp": return "&"
  case "quot": return "\""
  case "apos": return "'"
  default: break
  }
  guard name.hasPrefix("#") else { return nil }
  let digits = name.dropFirst()
  let isHexadecimal = digits.hasPrefix("x")
  let number = isHexadecimal ? digits.dropFirst() : digits
  guard let first = number.utf8.first, first != 43, first != 45 else { return nil }
  return UInt32(number, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
}
