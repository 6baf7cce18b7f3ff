import HTTPTypes
import NIOCore
import NIOHTTP1

/// Puts reason phrases of our own on the status line. The layers above replace the phrase of every code they know, so it
/// travels to here in a header field, which ends here.
final class ReasonPhrase: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  /// The longest phrase, in bytes; clients read no status lines without end.
  private static let limit = 4096

  /// The field that carries the phrase.
  static let field = HTTPField.Name("Sortie-Reason")

  /// What may stand on a status line: printable ASCII. Everything else is escaped as Python does.
  static func escape(_ text: String) -> String {
    var line = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar {
      case "\u{20}"..<"\u{7F}": line.unicodeScalars.append(scalar)
      case "\r": line += "\\r"
      case "\n": line += "\\n"
      default: line += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return String(line.prefix(limit))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard case .head(var head) = unwrapOutboundIn(data), let name = Self.field?.rawName,
      let phrase = head.headers.first(name: name)
    else {
      context.write(data, promise: promise)
      return
    }
    head.headers.remove(name: name)
    // Escaped again: on this path nobody below checks for line ends.
    head.status = .custom(code: head.status.code, reasonPhrase: Self.escape(phrase))
    context.write(wrapOutboundOut(.head(head)), promise: promise)
  }
}
