import NIOCore

/// One open connection: writes batches of commands, matches replies, keeps deadlines. The handler at the end of its
/// channel's pipeline.
///
/// Confined to its event loop, as it is not `Sendable`. Its owner sets the `on…` closures.
final class RedisLink: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// hiredis moves the rest of its buffer after every reply, so it is fed in pieces.
    private static let feedBytes = 16 << 10

    private let stallTimeout: TimeAmount
    private let timer: DeadlineTimer
    private var decoder: ReplyDecoder
    private var replies = ReplyQueue<ReplySink>()
    /// Settled by the bytes being read, and not yet told.
    private var settled: [ReplyQueue<ReplySink>.Settlement] = []
    private var context: ChannelHandlerContext?
    private var lastProgress = NIODeadline.now()
    private var isRetired = false
    private var hasEnded = false
    /// What the channel reported last, to explain why it closed.
    private var trouble: String?

    /// Told how many commands and bytes are no longer outstanding.
    var onFinished: (((commands: Int, bytes: Int)) -> Void)?
    /// Told once when the server asks us to go elsewhere. The link answers what it has and then closes.
    var onRetired: (() -> Void)?
    /// Told once when the connection has ended, before the waiting commands are.
    var onEnded: ((RedisError) -> Void)?
    /// Takes every reply from now on: the connection is subscribed and replies belong to no command.
    var onPush: ((RedisReply) -> Void)?

    /// A link that closes when it is silent for `stallTimeout` while a command is overdue.
    init(eventLoop: any EventLoop, stallTimeout: TimeAmount, maximumReplyBytes: Int) {
        self.stallTimeout = stallTimeout
        self.timer = DeadlineTimer(eventLoop: eventLoop)
        self.decoder = ReplyDecoder(maximumReplyBytes: maximumReplyBytes)
    }

    /// Whether it takes commands.
    var isOpen: Bool { !hasEnded && !isRetired && context != nil }

    /// Writes a batch at once and empties it. What cannot be written fails as certainly not executed.
    func write(_ batch: inout [WaitingCommand]) {
        defer { batch.removeAll(keepingCapacity: batch.count <= 4096) }
        guard let context, isOpen else {
            onFinished?((batch.reduce(0) { $0 + $1.replyCount }, batch.reduce(0) { $0 + $1.bytes.count }))
            for command in batch {
                command.sink.fail(RedisError(.connectionLost, command: command.name, detail: "lost before it was sent"))
            }
            return
        }
        if replies.isEmpty { lastProgress = .now() }
        var size = 0
        var deadline = NIODeadline.distantFuture
        for command in batch {
            size += command.bytes.count
            deadline = min(deadline, command.deadline)
        }
        var buffer = context.channel.allocator.buffer(capacity: size)
        for command in batch {
            buffer.writeBytes(command.bytes)
            replies.append(command)
        }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        timer.arm(for: deadline) { [weak self] in self?.checkDeadlines() }
    }

    /// Writes a command that is answered by pushes, if at all; see ``onPush``.
    func writeUnanswered(_ command: RedisCommand) {
        guard let context, isOpen else { return }
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: command.bytes)), promise: nil)
    }

    /// Ends the connection now; waiting commands fail with `reason` before this returns.
    func close(_ reason: RedisError) {
        let context = self.context
        end(reason)
        context?.close(promise: nil)
    }

    private func checkDeadlines() -> NIODeadline? {
        let now = NIODeadline.now()
        for settlement in replies.expire(at: now) { settlement.deliver() }
        guard !hasEnded else { return nil }
        guard replies.isHeadOverdue(at: now) else { return replies.nextDeadline }
        let patience = lastProgress + stallTimeout
        guard patience > now else {
            close(RedisError(.connectionLost, command: "CONNECTION", detail: "the server stopped answering"))
            return nil
        }
        return min(replies.nextDeadline ?? patience, patience)
    }

    private func end(_ reason: RedisError) {
        guard !hasEnded else { return }
        hasEnded = true
        timer.cancel()
        let givenUp = replies.giveUpAll(reason)
        settleAccounts()
        let onEnded = self.onEnded
        (onFinished, onRetired, self.onEnded, onPush) = (nil, nil, nil, nil)
        onEnded?(reason)
        for settlement in givenUp { settlement.deliver() }
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        end(lost())
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(lost())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        trouble = "\(error)"
        close(lost())
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        lastProgress = .now()
        var buffer = unwrapInboundIn(data)
        var failure: RedisError?
        do {
            while let piece = buffer.readSlice(length: min(Self.feedBytes, buffer.readableBytes)),
                piece.readableBytes > 0
            {
                try unsafe piece.withUnsafeReadableBytes { try unsafe decoder.feed($0) }
                try takeReplies()
            }
        } catch {
            failure = error as? RedisError ?? RedisError(.protocolViolation, command: "REPLY", detail: "\(error)")
        }
        deliverSettled()
        if let failure {
            close(failure)
        } else if isRetired, replies.isEmpty {
            close(lost())
        }
    }

    private func takeReplies() throws(RedisError) {
        while !hasEnded, let reply = try decoder.next() {
            if let onPush {
                onPush(reply)
                continue
            }
            let (settlement, error) = try replies.receive(reply)
            if let settlement { settled.append(settlement) }
            if let error, error.asksForReconnect, !isRetired {
                isRetired = true
                trouble = "the server answered \(error.prefix)"
                onRetired?()
            }
        }
    }

    /// Reports what is no longer outstanding; the handshake's part, which nobody counted, goes to nobody.
    private func settleAccounts() {
        let finished = replies.takeFinished()
        onFinished?(finished)
    }

    /// Tells the callers, after the books are in order: one that is told may look at them from another thread.
    private func deliverSettled() {
        settleAccounts()
        var batch: [ReplyQueue<ReplySink>.Settlement] = []
        swap(&batch, &settled)
        for settlement in batch { settlement.deliver() }
        batch.removeAll(keepingCapacity: batch.count <= 4096)
        if settled.isEmpty { settled = batch }
    }

    private func lost() -> RedisError {
        RedisError(.connectionLost, command: "CONNECTION", detail: trouble ?? "closed by the server")
    }
}
