package import NIOCore

/// What takes commands: a client or a single connection. The async and the promise forms, once for both.
///
/// Cancelling the calling task does not end a command that is on its way: it ends with its reply or at its deadline.
/// Blocking commands belong on a dedicated connection, which cancellation closes.
package protocol RedisCommandTarget: Sendable {
    /// Deadline of a command that names none.
    var commandTimeout: Duration { get }
    /// Whether scripts get one more key, which never exists; see ``RedisArguments/guarded``.
    var guardsScripts: Bool { get }
    /// Takes a command; its sink is told the reply or the error. `eventLoop` is where the reply is wanted, if known.
    func enqueue(_ command: WaitingCommand, wantedOn eventLoop: (any EventLoop)?)
}

extension RedisCommandTarget {
    /// Sends one command and waits for its reply.
    ///
    /// `timeout` covers waiting for a connection and for the reply together; nil means the configured one.
    ///
    /// - Throws: An error reply as `.server`; `.timedOut`, `.connectionLost`, `.notConnected`, `.overloaded`,
    ///   `.closed`, `.cancelled` as the case may be. See ``RedisError/outcomeUnknown`` for what is known then.
    package func send(_ command: RedisCommand, timeout: Duration? = nil) async throws(RedisError) -> RedisReply {
        let deadline = deadline(timeout)
        let result = await unsafe withUnsafeContinuation {
            (continuation: UnsafeContinuation<Result<RedisReply, RedisError>, Never>) in
            enqueue(
                WaitingCommand(command, deadline: deadline, sink: unsafe .continuation(continuation)),
                wantedOn: nil
            )
        }
        return try result.get()
    }

    /// Sends several commands in one write on one connection, so that they run in this order (others may run between).
    ///
    /// - Returns: One result a command. Where the connection breaks half-way, those without a reply are failures.
    /// - Throws: As ``send(_:timeout:)``, only where no reply came at all.
    package func send(
        pipeline: [RedisCommand],
        timeout: Duration? = nil
    ) async throws(RedisError) -> [Result<RedisReply, RedisError>] {
        guard !pipeline.isEmpty else { return [] }
        let deadline = deadline(timeout)
        let result = await unsafe withUnsafeContinuation {
            (continuation: UnsafeContinuation<Result<[Result<RedisReply, RedisError>], RedisError>, Never>) in
            let sink = unsafe ReplySink.pipelineContinuation(continuation)
            enqueue(WaitingCommand(pipeline: pipeline, deadline: deadline, sink: sink), wantedOn: nil)
        }
        return try result.get()
    }

    /// Sends one command; the future completes on `eventLoop`. Needs no task.
    package func submit(
        _ command: RedisCommand,
        on eventLoop: any EventLoop,
        timeout: Duration? = nil
    ) -> EventLoopFuture<RedisReply> {
        let promise = eventLoop.makePromise(of: RedisReply.self)
        enqueue(
            WaitingCommand(command, deadline: deadline(timeout), sink: .promise(promise)),
            wantedOn: eventLoop
        )
        return promise.futureResult
    }

    /// Sends several commands in one write; see ``send(pipeline:timeout:)``.
    package func submit(
        pipeline: [RedisCommand],
        on eventLoop: any EventLoop,
        timeout: Duration? = nil
    ) -> EventLoopFuture<[Result<RedisReply, RedisError>]> {
        guard !pipeline.isEmpty else { return eventLoop.makeSucceededFuture([]) }
        let promise = eventLoop.makePromise(of: [Result<RedisReply, RedisError>].self)
        enqueue(
            WaitingCommand(pipeline: pipeline, deadline: deadline(timeout), sink: .pipelinePromise(promise)),
            wantedOn: eventLoop
        )
        return promise.futureResult
    }

    /// Runs a script by its digest, and loads it first where the server does not know it (`NOSCRIPT`).
    ///
    /// One round trip, or two after the server has forgotten the script. Throws as ``send(_:timeout:)``.
    package func evaluate(
        _ script: RedisScript,
        keys: RedisArguments,
        arguments: RedisArguments = [],
        timeout: Duration? = nil
    ) async throws(RedisError) -> RedisReply {
        let command = script.command(keys: guardsScripts ? keys.guarded : keys, arguments: arguments)
        do {
            return try await send(command, timeout: timeout)
        } catch {
            guard error.prefix == "NOSCRIPT" else { throw error }
        }
        let results = try await send(pipeline: [script.loading, command], timeout: timeout)
        return try script.outcome(of: results)
    }

    /// The promise form of ``evaluate(_:keys:arguments:timeout:)``; the future completes on `eventLoop`.
    package func evaluate(
        _ script: RedisScript,
        keys: RedisArguments,
        arguments: RedisArguments,
        timeout: Duration? = nil,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<RedisReply> {
        let command = script.command(keys: guardsScripts ? keys.guarded : keys, arguments: arguments)
        return submit(command, on: eventLoop, timeout: timeout).flatMapError { error in
            guard let refusal = error as? RedisError, refusal.prefix == "NOSCRIPT" else {
                return eventLoop.makeFailedFuture(error)
            }
            return submit(pipeline: [script.loading, command], on: eventLoop, timeout: timeout)
                .flatMapThrowing { try script.outcome(of: $0) }
        }
    }

    /// Runs a script and, behind it on the same connection, commands that ask about what it wrote, such as `WAIT`.
    ///
    /// The followers run although the script may have failed; then their replies say nothing and are dropped.
    ///
    /// - Returns: The script's reply and the followers' results. Fails where the script does.
    package func evaluate(
        _ script: RedisScript,
        keys: RedisArguments,
        arguments: RedisArguments,
        then followers: [RedisCommand],
        timeout: Duration? = nil,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<(reply: RedisReply, followers: [Result<RedisReply, RedisError>])> {
        let run = [script.command(keys: guardsScripts ? keys.guarded : keys, arguments: arguments)] + followers
        return submit(pipeline: run, on: eventLoop, timeout: timeout).flatMap { results in
            if case .failure(let error) = results[0], error.prefix == "NOSCRIPT" {
                return submit(pipeline: [script.loading] + run, on: eventLoop, timeout: timeout).flatMapThrowing {
                    (try script.outcome(of: Array($0.prefix(2))), Array($0.dropFirst(2)))
                }
            }
            return eventLoop.makeCompletedFuture {
                (
                    try results[0].mapError { RedisError(relabelling: $0, command: script.label) }.get(),
                    Array(results.dropFirst())
                )
            }
        }
    }

    private func deadline(_ timeout: Duration?) -> NIODeadline { .now() + TimeAmount(timeout ?? commandTimeout) }
}

extension RedisScript {
    /// The script's reply among those of loading and running it.
    fileprivate func outcome(of results: [Result<RedisReply, RedisError>]) throws(RedisError) -> RedisReply {
        guard results.count == 2 else {
            throw RedisError(.unexpectedReply, command: label, detail: "\(results.count) replies")
        }
        do {
            return try results[1].get()
        } catch {
            // Where loading was refused, its error says why, and running says NOSCRIPT only.
            if error.prefix == "NOSCRIPT" { _ = try results[0].get() }
            throw RedisError(relabelling: error, command: label)
        }
    }
}

extension RedisError {
    /// The same error under another command's name.
    fileprivate init(relabelling error: RedisError, command: String) {
        if error.code == .server {
            self.init(server: error.detail, command: command)
        } else {
            self.init(error.code, command: command, detail: error.detail, outcomeUnknown: error.outcomeUnknown)
        }
    }
}
