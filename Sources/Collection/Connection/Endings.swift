import NIOCore
import NIOHTTP1

/// Ends connections after their last answer: where it says `Connection: close`, where the client said so, and for
/// HTTP/1.0, which knows no chunks. What still comes is thrown away for a moment before the connection is closed, because
/// a client that sends while the server closes may never see the answer.
final class Endings: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private enum Ending { case none, newer, older }

  private let linger: TimeAmount
  /// How the connection ends after each request that has not been answered yet.
  private var endings: [Ending] = []
  private var isLast = false
  private var isOver = false
  private var deadline: Scheduled<Void>?

  init(_ limits: Limits) { linger = TimeAmount(seconds: limits.linger) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isOver else { return }
    if case .head(let head) = unwrapInboundIn(data) {
      endings.append(head.version.major < 1 || head.version == .http1_0 ? .older : head.isKeepAlive ? .none : .newer)
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.fireChannelReadComplete()
    // Nobody above asks for what is thrown away.
    if isOver { context.read() }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    guard !isOver else {
      promise?.fail(ChannelError.outputClosed)
      return
    }
    switch unwrapOutboundIn(data) {
    case .head(var head) where head.status.code >= 200:
      let ending = endings.isEmpty ? .none : endings.removeFirst()
      if ending == .older { head.version = .http1_0 }
      if ending != .none { head.headers.replaceOrAdd(name: "connection", value: "close") }
      isLast = head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "close" }
      context.write(wrapOutboundOut(.head(head)), promise: promise)
    case .end where isLast: end(context, data, promise)
    default: context.write(data, promise: promise)
    }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    // Who wants to hear no more of a connection that is over wants its end.
    context.close(mode: isOver && mode == .input ? .all : mode, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if isOver, case .some(.inputClosed) = event as? ChannelEvent { return context.close(promise: nil) }
    context.fireUserInboundEventTriggered(event)
  }

  func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

  private func end(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
    isOver = true
    let sent = promise ?? context.eventLoop.makePromise()
    // A long answer may take its time: the moment begins when all of it is sent.
    sent.futureResult.assumeIsolated().whenComplete { [self] _ in
      deadline = context.eventLoop.assumeIsolated().scheduleTask(in: linger) { context.close(promise: nil) }
    }
    context.writeAndFlush(data, promise: sent)
    context.close(mode: .output, promise: nil)
    context.read()
  }
}
