import NIOCore
import NIOHTTP1

/// Carries the target of a request past the layers above, which would parse it as a URL for every request and forget
/// what host it names. It travels in a header field; one of that name that a client sends is lost.
final class RawTarget: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  /// The field's name in lower case.
  static let name = "sortie-target"

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    head.headers.replaceOrAdd(name: Self.name, value: head.uri)
    head.uri = "/"
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }
}
