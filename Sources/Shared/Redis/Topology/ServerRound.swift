import NIOCore

/// Asks several servers the same question, one after the other on connections of the moment, until one knows.
struct ServerRound: Sendable {
    /// How to connect; its endpoint is of no account.
    let configuration: RedisConfiguration
    /// How long connecting to one server, and its answer, may take. A dead machine is found out by nothing else.
    let patience: Duration

    init(_ configuration: RedisConfiguration) {
        self.configuration = configuration
        patience = min(.seconds(1), configuration.connectTimeout)
    }

    /// The first answer that `read` takes, with the place of its server in the list.
    ///
    /// Fails with the last server's error, as `.connectFailed`, where none has an answer.
    func ask<Answer: Sendable>(
        _ servers: [RedisEndpoint],
        _ question: RedisCommand,
        on eventLoop: any EventLoop,
        reading read: @escaping @Sendable (RedisReply, RedisEndpoint) throws(RedisError) -> Answer
    ) -> EventLoopFuture<(answer: Answer, index: Int)> {
        ask(servers, from: 0, question, on: eventLoop, read)
    }

    private func ask<Answer: Sendable>(
        _ servers: [RedisEndpoint],
        from index: Int,
        _ question: RedisCommand,
        on eventLoop: any EventLoop,
        _ read: @escaping @Sendable (RedisReply, RedisEndpoint) throws(RedisError) -> Answer
    ) -> EventLoopFuture<(answer: Answer, index: Int)> {
        guard servers.indices.contains(index) else {
            let error = RedisError(.invalidConfiguration, command: question.name, detail: "nobody to ask")
            return eventLoop.makeFailedFuture(error)
        }
        return ask(servers[index], question, on: eventLoop)
            .flatMapThrowing { (try read($0, servers[index]), index) }
            .flatMapError { error in
                if index + 1 < servers.count {
                    return ask(servers, from: index + 1, question, on: eventLoop, read)
                }
                let detail = "\(servers[index]): \((error as? RedisError)?.detail ?? "\(error)")"
                let failure = RedisError(.connectFailed, command: question.name, detail: detail)
                return eventLoop.makeFailedFuture(failure)
            }
    }

    private func ask(
        _ server: RedisEndpoint,
        _ question: RedisCommand,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<RedisReply> {
        var configuration = configuration
        configuration.endpoint = server
        configuration.connectTimeout = patience
        let connector = RedisConnector(configuration: configuration, resolver: StandaloneResolver())
        return RedisConnection.open(connector, on: eventLoop).flatMap { connection in
            connection.send(question, timeout: patience).always { _ in connection.close() }
        }
    }
}
