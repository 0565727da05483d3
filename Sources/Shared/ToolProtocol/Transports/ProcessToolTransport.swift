import JSON
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The stdio transport (Model Context Protocol, "Transports"): the server is a process of ours, and each message a line on
/// its standard input or output.
///
/// Many requests may be under way at once. The process ends with this transport, at the latest when that is let go of.
final class ProcessToolTransport: ToolTransport {
    private typealias Answer = Result<JSONObject, ToolProtocolError>

    private struct State {
        var waiting: [Int64: CheckedContinuation<Answer, Never>] = [:]
        /// Cancelled or timed out before the wait had begun.
        var given: [Int64: ToolProtocolError] = [:]
        var ending: ToolProtocolError?
    }

    private let server: String
    private let process: ToolProcess
    private let channel: any Channel
    private let clock: any Clock<Duration>
    private let state = NIOLockedValueBox(State())

    /// Starts the program.
    ///
    /// Throws `unavailable` where the system would not.
    static func start(
        server: String,
        launch: ToolProcess.Launch,
        bounds: ToolBounds,
        clock: any Clock<Duration>,
        logger: Logger
    ) async throws(ToolProtocolError) -> ProcessToolTransport {
        let process: ToolProcess
        do {
            process = try ToolProcess(launch, server: server, logger: logger)
        } catch {
            logger.warning("tool server could not be started", metadata: ["server": "\(server)", "error": "\(error)"])
            throw ToolProtocolError(.unavailable, server: server)
        }
        let lines = LineHandler(maximumBytes: bounds.messageBytes)
        let channel: any Channel
        do {
            channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(lines.handler)
                    }
                }
                .takingOwnershipOfDescriptors(input: process.output, output: process.input)
                .get()
        } catch {
            // SwiftNIO owns the descriptors only once it has succeeded.
            process.abandon()
            throw ToolProtocolError(.unavailable, server: server)
        }
        let transport = ProcessToolTransport(server: server, process: process, channel: channel, clock: clock)
        lines.begin { [weak transport] line in transport?.take(line) }
        channel.closeFuture.whenComplete { [weak transport] _ in transport?.ended(.unavailable) }
        return transport
    }

    private init(server: String, process: ToolProcess, channel: any Channel, clock: any Clock<Duration>) {
        self.server = server
        self.process = process
        self.channel = channel
        self.clock = clock
    }

    deinit {
        channel.close(promise: nil)
        process.end()
    }

    func agreed(on version: String) {}

    func ask(_ id: Int64, _ message: [UInt8], timeout: Duration) async throws(ToolProtocolError) -> JSONObject {
        let answer = await withTaskGroup(of: Answer?.self) { group in
            group.addTask { await self.answer(to: id, message) }
            group.addTask { [clock] in
                do {
                    try await clock.sleep(for: timeout)
                    self.giveUp(id, .timedOut)
                } catch {
                    // Cancelled with its sibling, or with both.
                }
                return nil
            }
            for await answer in group {
                guard let answer else { continue }
                group.cancelAll()
                return answer
            }
            return Answer.failure(ToolProtocolError(.cancelled, server: server))
        }
        return try answer.get()
    }

    func tell(_ message: [UInt8]) async throws(ToolProtocolError) {
        do {
            try await write(message)
        } catch {
            throw ToolProtocolError(.unavailable, server: server)
        }
    }

    func close() async {
        ended(.unavailable)
        // Its standard input closes first, which asks it to end.
        try? await channel.close()
        await process.ended()
    }

    private func answer(to id: Int64, _ message: [UInt8]) async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let refusal: ToolProtocolError? = state.withLockedValue { state in
                    if let ending = state.ending ?? state.given.removeValue(forKey: id) { return ending }
                    state.waiting[id] = continuation
                    return nil
                }
                if let refusal {
                    continuation.resume(returning: .failure(refusal))
                } else {
                    writeLine(message).whenFailure { _ in self.ended(.unavailable) }
                }
            }
        } onCancel: {
            giveUp(id, .cancelled)
        }
    }

    private func giveUp(_ id: Int64, _ code: ToolProtocolError.Code) {
        let error = ToolProtocolError(code, server: server)
        let waiting = state.withLockedValue { state in
            let waiting = state.waiting.removeValue(forKey: id)
            if waiting == nil, state.ending == nil { state.given[id] = error }
            return waiting
        }
        waiting?.resume(returning: .failure(error))
    }

    private func take(_ line: LineHandler.Line) {
        guard case .text(let bytes) = line, let messages = RPCMessage.parse(bytes) else {
            // A log line on the wrong stream, as some servers write: not the protocol's, and no reason to end.
            if case .tooLong = line { ended(.tooLarge) }
            return
        }
        for message in messages {
            switch message {
            case .response(let id, let result): settle(id, result)
            case .request(let id, let method): _ = writeLine(RPCMessage.answer(to: id, method: method))
            case .notification: break
            }
        }
    }

    private func settle(_ id: Int64, _ result: Result<JSONObject, RPCMessage.RPCFailure>) {
        let waiting = state.withLockedValue { state in
            state.given[id] = nil
            return state.waiting.removeValue(forKey: id)
        }
        waiting?.resume(
            returning: result.mapError { ToolProtocolError(.refused, server: server, rpcCode: $0.code) }
        )
    }

    /// Nothing more will come.
    private func ended(_ code: ToolProtocolError.Code) {
        let error = ToolProtocolError(code, server: server)
        let waiting = state.withLockedValue { state in
            state.ending = state.ending ?? error
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: .failure(error)) }
        channel.close(promise: nil)
        process.end()
    }

    private func write(_ message: [UInt8]) async throws { try await writeLine(message).get() }

    private func writeLine(_ message: [UInt8]) -> EventLoopFuture<Void> {
        var buffer = channel.allocator.buffer(capacity: message.count + 1)
        buffer.writeBytes(message)
        buffer.writeInteger(UInt8(ascii: "\n"))
        return channel.writeAndFlush(buffer)
    }
}
