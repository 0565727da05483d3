package import NIOCore

/// Who waits for the reply to one command or pipeline. Used up by the first `settle`, `succeed` or `fail`.
///
/// The unsafe continuations are sound because a sink leaves its ``ReplyQueue`` or ``Outbox`` when it is used, and both
/// give up every sink they hold before they end.
@safe package enum ReplySink: Sendable {
    case continuation(UnsafeContinuation<Result<RedisReply, RedisError>, Never>)
    case promise(EventLoopPromise<RedisReply>)
    case pipelineContinuation(UnsafeContinuation<Result<[Result<RedisReply, RedisError>], RedisError>, Never>)
    case pipelinePromise(EventLoopPromise<[Result<RedisReply, RedisError>]>)
    case relay(ReplyRelay)

    /// Hands over the only reply of a command.
    func settle(_ result: Result<RedisReply, RedisError>) {
        switch self {
        case .continuation(let continuation):
            unsafe continuation.resume(returning: result)
        case .promise(let promise):
            switch result {
            case .success(let reply): promise.succeed(reply)
            case .failure(let error): promise.fail(error)
            }
        case .pipelineContinuation, .pipelinePromise, .relay:
            succeed([result])
        }
    }

    /// Hands over all replies of a pipeline.
    func succeed(_ results: [Result<RedisReply, RedisError>]) {
        switch self {
        case .pipelineContinuation(let continuation): unsafe continuation.resume(returning: .success(results))
        case .pipelinePromise(let promise): promise.succeed(results)
        case .relay(let relay): relay.receive(.success(results))
        case .continuation, .promise: preconditionFailure("a pipeline's replies for a single command")
        }
    }

    func fail(_ error: RedisError) {
        switch self {
        case .continuation(let continuation): unsafe continuation.resume(returning: .failure(error))
        case .promise(let promise): promise.fail(error)
        case .pipelineContinuation(let continuation): unsafe continuation.resume(returning: .failure(error))
        case .pipelinePromise(let promise): promise.fail(error)
        case .relay(let relay): relay.receive(.failure(error))
        }
    }
}

/// Takes the replies where something is to be made of them before their caller has them. A class, so that sinks stay as
/// small as they are.
package final class ReplyRelay: Sendable {
    let receive: @Sendable (Result<[Result<RedisReply, RedisError>], RedisError>) -> Void

    init(_ receive: @escaping @Sendable (Result<[Result<RedisReply, RedisError>], RedisError>) -> Void) {
        self.receive = receive
    }
}
