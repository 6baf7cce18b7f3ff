import NIOCore
import NIOHTTP1

/// Puts our handlers where HTTP/1 messages pass, between the codecs of NIO and those above. Hummingbird adds handlers
/// above both, so this one goes in there and places the others when it is added.
final class PipelineSetup: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Never

  private let limits: Limits
  private let figures: ServerFigures

  init(_ limits: Limits, _ figures: ServerFigures) {
    self.limits = limits
    self.figures = figures
  }

  func handlerAdded(context: ChannelHandlerContext) {
    figures.opened()
    context.channel.closeFuture.whenComplete { [figures] _ in figures.closed() }
    do {
      let pipeline = context.pipeline.syncOperations
      let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandlers(
        [Endings(limits), Deadlines(limits), RawTarget(), ReasonPhrase()], position: .after(decoder))
    } catch {
      context.fireErrorCaught(error)
      context.close(promise: nil)
    }
  }
}
