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
        case .pipelineContinuation, .pipelinePromise:
            succeed([result])
        }
    }

    /// Hands over all replies of a pipeline.
    func succeed(_ results: [Result<RedisReply, RedisError>]) {
        switch self {
        case .pipelineContinuation(let continuation): unsafe continuation.resume(returning: .success(results))
        case .pipelinePromise(let promise): promise.succeed(results)
        case .continuation, .promise: preconditionFailure("a pipeline's replies for a single command")
        }
    }

    func fail(_ error: RedisError) {
        switch self {
        case .continuation(let continuation): unsafe continuation.resume(returning: .failure(error))
        case .promise(let promise): promise.fail(error)
        case .pipelineContinuation(let continuation): unsafe continuation.resume(returning: .failure(error))
        case .pipelinePromise(let promise): promise.fail(error)
        }
    }
}
