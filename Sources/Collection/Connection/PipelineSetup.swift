import NIOCore
import NIOHTTP1

/// Puts our handlers where HTTP/1 messages pass, between the codecs of NIO and those above. Hummingbird adds handlers
/// above both, so this one goes in there and places the others when it is added.
final class PipelineSetup: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Never

  private let limits: Limits

  init(_ limits: Limits) { self.limits = limits }

  func handlerAdded(context: ChannelHandlerContext) {
    do {
      let pipeline = context.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandlers([Deadlines(limits), ReasonPhrase()], position: .after(decoder))
    } catch {
      context.fireErrorCaught(error)
      context.close(promise: nil)
    }
  }
}
