/// Appends a line of output so that a terminal just draws it: control characters are escaped, what is not UTF-8 becomes
/// U+FFFD, tabs stay. Plain ASCII, which nearly all lines are, is copied as it is.
func appendPrintable(_ line: UnsafeRawBufferPointer, to buffer: inout [UInt8]) {
  if isPlain(line) {
    buffer.append(contentsOf: line)
    return
  }
  for scalar in String(decoding: line, as: UTF8.self).unicodeScalars {
    if isHarmless(scalar) || scalar == "\t" {
      UTF8.encode(scalar).map { buffer.append(contentsOf: $0) }
    } else {
      buffer.append(contentsOf: escape(scalar).utf8)
    }
  }
}

/// Without branches in its loop, so that the compiler looks at many bytes at once.
private func isPlain(_ line: UnsafeRawBufferPointer) -> Bool {
  var odd: UInt8 = 0
  for byte in line {
    let isControl: UInt8 = byte &- 0x20 > 0x5e ? 1 : 0
    let isTab: UInt8 = byte == 9 ? 1 : 0
    odd |= isControl ^ isTab
  }
  return odd == 0
}
