import NIOCore
import NIOHTTP1

/// Cuts clients that are slow on purpose or by accident: who sends a body drop by drop, and who does not read an answer.
/// Silence between requests is the HTTP layer's own business.
final class Deadlines: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private let request: TimeAmount
  private let stall: TimeAmount
  private var isReceiving = false
  private var requestDeadline: Scheduled<Void>?
  private var stallDeadline: Scheduled<Void>?

  init(_ limits: Limits) {
    request = TimeAmount(seconds: limits.request)
    stall = TimeAmount(seconds: limits.stall)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: isReceiving = true
    case .body: break
    case .end:
      isReceiving = false
      requestDeadline?.cancel()
      requestDeadline = nil
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // Most requests come in one piece and need no timer.
    if isReceiving, requestDeadline == nil { requestDeadline = close(context, in: request) }
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable {
      stallDeadline?.cancel()
      stallDeadline = nil
    } else if stallDeadline == nil {
      stallDeadline = close(context, in: stall)
    }
    context.fireChannelWritabilityChanged()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    requestDeadline?.cancel()
    stallDeadline?.cancel()
  }

  private func close(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
    context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
  }
}

extension TimeAmount {
  /// Seconds, to the millisecond.
  init(seconds: Double) { self = .milliseconds(Int64(seconds * 1000)) }
}
