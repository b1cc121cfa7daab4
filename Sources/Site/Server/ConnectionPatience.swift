import NIOCore
import NIOHTTPTypes

/// Closes a connection on which nothing goes on: where nobody asks for anything, where a request comes in too slowly, or
/// where an answer is not taken.
///
/// A request may take `patience`, and a second more for each 1,000 bytes that it brings: large files by slow lines get
/// through, a byte now and then does not.
final class ConnectionPatience: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let patience: TimeAmount
  /// When the request began that comes in; nil while none does.
  private var began: NIODeadline?
  /// What it has brought so far.
  private var bytes = 0
  /// How many requests have no whole answer yet.
  private var open = 0
  /// When the connection was made, or the last answer written.
  private var quietSince = NIODeadline.now()
  /// What waited to be taken at the last look, in bytes.
  private var untaken = 0
  private var look: Scheduled<Void>?

  init(_ patience: TimeAmount) { self.patience = patience }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { schedule(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    schedule(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    look?.cancel()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { look?.cancel() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      open += 1
      began = .now()
      bytes = 0
    case .body(let part): bytes += part.readableBytes
    case .end: began = nil
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      open -= 1
      quietSince = .now()
    }
    context.write(data, promise: promise)
  }

  private func schedule(_ context: ChannelHandlerContext) {
    look?.cancel()
    look = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { self.look(context) }
  }

  private func look(_ context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    if isStuck(context) { context.close(promise: nil) } else { schedule(context) }
  }

  private func isStuck(_ context: ChannelHandlerContext) -> Bool {
    let now = NIODeadline.now()
    let before = untaken
    do {
      untaken =
        try context.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes) ?? 0
    } catch {
      // A channel that cannot say it, such as one of a test, is judged by the rest.
      untaken = 0
    }
    if untaken > 0 { return untaken == before }
    if let began { return now - began > patience + .seconds(Int64(bytes / 1_000)) }
    return open == 0 && now - quietSince >= patience
  }
}
