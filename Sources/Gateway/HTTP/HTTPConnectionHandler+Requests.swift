import NIOCore
import NIOHTTP1

extension HTTPConnectionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        sawPart = true
        let part = Self.unwrapInboundIn(data)
        if waiting.isEmpty, canTake(part, context: context) {
            take(part, context: context)
        } else {
            switch phase {
            case .lingering, .closed: break
            case .idle, .head, .receiving, .storing, .routed: waiting.append(part)
            }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !sawPart, case .idle = phase {
            phase = .head
            setDeadline(in: shared.limits.headerTimeout)
        }
        sawPart = false
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            takeWaiting(context: context)
        }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if suspendsReading {
            readSuspended = true
        } else {
            context.read()
        }
    }

    /// Reading stops once a client is ahead of its answers, or has nothing more to say that would be answered.
    private var suspendsReading: Bool {
        switch phase {
        case .storing: !waiting.isEmpty || !keepAlive
        case .routed(let routed): !waiting.isEmpty || (routed.requestEnded && !keepAlive)
        case .idle, .head, .receiving: !waiting.isEmpty
        case .lingering, .closed: false
        }
    }

    func resumeReading(context: ChannelHandlerContext) {
        if readSuspended, !suspendsReading {
            readSuspended = false
            context.read()
        }
    }

    /// Takes what waited for the last request to end.
    func takeWaiting(context: ChannelHandlerContext) {
        guard !isTakingWaiting else { return }
        isTakingWaiting = true
        var routedAny = false
        while let part = waiting.first, canTake(part, context: context) {
            waiting.removeFirst()
            take(part, context: context)
            if case .routed = phase {
                routedAny = true
            }
        }
        isTakingWaiting = false
        if routedAny {
            context.fireChannelReadComplete()
        }
        if case .idle = phase, waiting.isEmpty {
            if let failure {
                finish(with: failure, context: context)
            } else if peerFinished || stopping {
                close(context: context)
            }
        }
        resumeReading(context: context)
    }

    /// Whether it is this part's turn.
    private func canTake(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) -> Bool {
        switch phase {
        // A client that does not read its answers gets no further ones: they would pile up here.
        case .idle, .head: context.channel.isWritable
        case .receiving: true
        case .routed(let routed): !routed.requestEnded
        case .storing, .lingering, .closed: false
        }
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (phase, part) {
        case (.idle, .head(let head)), (.head, .head(let head)):
            begin(head, context: context)
        case (.receiving(let delivery), .body(let bytes)):
            switch delivery.append(bytes) {
            case .taken:
                break
            case .tooLarge:
                shared.metrics.count(.tooLarge)
                finish(with: .bodyTooLarge, context: context)
            case .overBudget:
                shared.metrics.count(.unavailable)
                finish(with: .unavailable, context: context)
            }
        case (.receiving(let delivery), .end):
            judge(delivery, context: context)
        case (.routed(let routed), .body(let bytes)):
            route(bytes, of: routed, context: context)
        case (.routed(var routed), .end):
            routed.requestEnded = true
            phase = .routed(routed)
            setDeadline(in: shared.limits.responseTimeout)
            context.fireChannelRead(Self.wrapInboundOut(part))
            if routed.responseEnded {
                endExchange(context: context)
            }
        default:
            break  // The parser keeps the parts in order, so only a rest of what was refused comes here.
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        exchange &+= 1
        headOnly = head.method == .HEAD
        // Behind an upgrade the parser stops, and HTTP/1.0 has no keep-alive worth the trouble.
        keepAlive =
            head.version == .http1_1 && head.isKeepAlive && head.method != .CONNECT
            && !head.headers.contains(name: "upgrade")
        let expected = head.headers.first(name: "content-length").flatMap { Int($0) }
        let isChunked = head.headers.contains(name: "transfer-encoding")
        let expectsContinue = head.headers.first(name: "expect")?.lowercased() == "100-continue"

        let opening = shared.ingress.open(head)
        guard expected ?? 0 <= shared.limits.bodyBytes else {
            if case .delivery = opening {
                shared.metrics.count(.tooLarge)
            }
            finish(with: .bodyTooLarge, context: context)
            return
        }
        setDeadline(in: shared.limits.bodyTimeout)
        let course: EventDelivery.Course
        switch opening {
        case .elsewhere:
            if expectsContinue {
                writeContinue(context: context)
            }
            startRouting(head, context: context)
            return
        case .delivery(let receiver):
            if expectsContinue {
                writeContinue(context: context)
            }
            course = .receive(receiver)
        case .refused(let answer, let outcome):
            if expectsContinue {
                shared.metrics.count(outcome)
                finish(with: answer, context: context)
                return
            }
            course = .refuse(answer, outcome)
        }
        phase = .receiving(
            EventDelivery(
                course: course,
                headers: head.headers,
                expected: isChunked ? nil : expected,
                limit: shared.limits.bodyBytes,
                budget: shared.ingress.budget
            )
        )
    }
}
