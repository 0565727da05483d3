import JSON
import NIOConcurrencyHelpers
import NIOCore

/// One streamed answer on its way to a client.
final class FakeModelStream: PaceWheel.Rider {
    private struct State {
        /// Events that were sent, endless ones counted on.
        var sent = 0
        var hasEnded = false
    }

    private let answer: FakeModelAnswer
    private let model: String
    private let channel: any Channel
    private let wheel: PaceWheel
    private let includesUsage: Bool
    private let ended: @Sendable (_ completely: Bool) -> Void
    private let fragments: [[UInt8]]
    /// What stands before the text in the event of a token; building it anew each time would be most of the work.
    private let prefix: String
    private let state = NIOLockedValueBox(State())

    /// `ended` is called once, when the last byte is written or nothing more will be.
    init(
        _ answer: FakeModelAnswer,
        to request: FakeModelRequest,
        channel: any Channel,
        wheel: PaceWheel,
        ended: @escaping @Sendable (_ completely: Bool) -> Void
    ) {
        self.answer = answer
        self.channel = channel
        self.wheel = wheel
        self.ended = ended
        model = request.model
        prefix =
            #"data: {"id":"chatcmpl-fake","object":"chat.completion.chunk","created":1700000000,"model":"#
            + JSONValue.string(request.model).text + #","choices":[{"index":0,"delta":{"content":"#
        includesUsage = request.body["stream_options"]?["include_usage"]?.bool == true
        fragments = FakeModelChunks.fragments(of: answer.calls, model: request.model)
    }

    func begin() {
        if answer.fault == .silence(afterTokens: 0) { return }
        var head = ByteBuffer()
        head.writeString(
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        append(FakeModelChunks.event(delta: ["role": "assistant", "content": ""], model: model), to: &head)
        channel.writeAndFlush(head, promise: nil)
        if answer.firstAfter > .zero { wheel.wait(answer.firstAfter, then: self) } else { proceed() }
    }

    /// The client is gone.
    func abandon() { end(completely: false) }

    /// Sends what is due now and waits for the next pause, or for the client to take what was sent.
    func proceed() {
        guard !state.withLockedValue({ $0.hasEnded }) else { return }
        var buffer = ByteBuffer()
        // Bounded, so that one fast stream does not keep the others waiting.
        for _ in 0..<(answer.pace > .zero ? 1 : 64) {
            guard channel.isWritable else { break }
            let number = state.withLockedValue { state in
                defer { state.sent += 1 }
                return state.sent
            }
            if let fault = answer.fault, meets(fault, at: number, &buffer) { return }
            let count = answer.tokens.count
            if number < count || answer.fault == .endless {
                append(token(count == 0 ? "and on " : answer.tokens[number % count]), to: &buffer)
            } else if number < count + fragments.count {
                append(fragments[number - count], to: &buffer)
            } else {
                finish(reason: answer.calls.isEmpty ? "stop" : "tool_calls", &buffer)
                return
            }
        }
        if buffer.readableBytes > 0 { channel.writeAndFlush(buffer, promise: nil) }
        wheel.wait(answer.pace, then: self)
    }

    /// Whether the fault comes now, and the stream ends with it.
    private func meets(_ fault: FakeModelAnswer.Fault, at number: Int, _ buffer: inout ByteBuffer) -> Bool {
        switch fault {
        case .cut(number):
            channel.writeAndFlush(buffer).whenComplete { [channel] _ in channel.close(promise: nil) }
            end(completely: false)
        case .silence(number):
            channel.writeAndFlush(buffer, promise: nil)
        case .garbage(number):
            append(FakeModelChunks.framed("{\"choices\":[{\"del"), to: &buffer)
            close(&buffer)
        case .errorInStream(number):
            let error = FakeModelChunks.error("The server is overloaded.", code: "server_error")
            append(FakeModelChunks.framed(error.text), to: &buffer)
            close(&buffer)
        case .refusal(number): finish(reason: "content_filter", &buffer)
        case .length(number): finish(reason: "length", &buffer)
        default: return false
        }
        return true
    }

    private func finish(reason: String, _ buffer: inout ByteBuffer) {
        append(FakeModelChunks.event(delta: [:], finish: reason, model: model), to: &buffer)
        if includesUsage, let prompt = answer.promptTokens {
            let count = max(answer.tokens.count + fragments.count, 1)
            let usage = FakeModelChunks.usage(prompt: prompt, completion: count)
            append(FakeModelChunks.usageEvent(usage, model: model), to: &buffer)
        }
        append(FakeModelChunks.framed("[DONE]"), to: &buffer)
        close(&buffer)
    }

    /// Ends the response; the connection stays open for the next request.
    private func close(_ buffer: inout ByteBuffer) {
        buffer.writeString("0\r\n\r\n")
        channel.writeAndFlush(buffer, promise: nil)
        end(completely: true)
    }

    private func end(completely: Bool) {
        let isFirst = state.withLockedValue { state in
            defer { state.hasEnded = true }
            return !state.hasEnded
        }
        if isFirst { ended(completely) }
    }

    private func token(_ text: String) -> [UInt8] {
        Array((prefix + JSONValue.string(text).text + "},\"finish_reason\":null}]}\n\n").utf8)
    }

    /// Adds one chunk of HTTP's chunked coding (RFC 9112, 7.1).
    private func append(_ bytes: [UInt8], to buffer: inout ByteBuffer) {
        buffer.writeString(String(bytes.count, radix: 16))
        buffer.writeString("\r\n")
        buffer.writeBytes(bytes)
        buffer.writeString("\r\n")
    }
}
