import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections: resolve, connect, TLS, then AUTH, SELECT, CLIENT SETNAME and PING in one round trip, and ROLE
/// where a sentinel named the server.
struct RedisConnector: Sendable {
    let configuration: RedisConfiguration
    let resolver: any EndpointResolver

    /// A connection that has proven to answer. Fails with `RedisError(.connectFailed)`.
    ///
    /// With `closesOnTimeout` a command that is overdue ends the connection at once, as suits a connection with one
    /// user; otherwise the configuration's stall timeout decides.
    func connect(on eventLoop: any EventLoop, closesOnTimeout: Bool) -> EventLoopFuture<NIOLoopBound<RedisLink>> {
        let deadline = NIODeadline.now() + TimeAmount(configuration.connectTimeout)
        return resolver.resolve(configuration.endpoint, on: eventLoop)
            .flatMap { endpoint in
                connect(to: endpoint, deadline: deadline, closesOnTimeout: closesOnTimeout, on: eventLoop)
                    .flatMapErrorThrowing { error in
                        resolver.failed(endpoint)
                        throw error
                    }
            }
            .flatMapErrorThrowing { error in
                if let error = error as? RedisError, error.code != .connectionLost { throw error }
                let detail = (error as? RedisError)?.detail ?? "\(error)"
                throw RedisError(.connectFailed, command: "CONNECT", detail: detail)
            }
    }

    private func connect(
        to endpoint: RedisEndpoint,
        deadline: NIODeadline,
        closesOnTimeout: Bool,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<NIOLoopBound<RedisLink>> {
        let context: EventLoopFuture<NIOSSLContext?>
        if let tls = configuration.tls {
            context = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { try tls.makeContext() }
        } else {
            context = eventLoop.makeSucceededFuture(nil)
        }
        return
            context
            .flatMap { context in open(endpoint, context: context, closesOnTimeout: closesOnTimeout, on: eventLoop) }
            .flatMap { channel in
                eventLoop.submit {
                    let link = try channel.pipeline.syncOperations.handler(type: RedisLink.self)
                    return NIOLoopBound(link, eventLoop: eventLoop)
                }
            }
            .flatMap { link in greet(link, deadline: deadline, on: eventLoop) }
    }

    private func open(
        _ endpoint: RedisEndpoint,
        context: NIOSSLContext?,
        closesOnTimeout: Bool,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<any Channel> {
        let stallTimeout = closesOnTimeout ? .zero : TimeAmount(configuration.stallTimeout)
        let maximumReplyBytes = configuration.maximumReplyBytes
        let serverName = Self.serverName(for: endpoint, tls: configuration.tls)
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(configuration.connectTimeout))
            .channelInitializer { channel in
                // Called once per address that is tried, so each channel gets handlers of its own.
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context {
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
                    }
                    let link = RedisLink(
                        eventLoop: channel.eventLoop,
                        stallTimeout: stallTimeout,
                        maximumReplyBytes: maximumReplyBytes
                    )
                    try pipeline.addHandler(link)
                }
            }
        switch endpoint {
        case .tcp(let host, let port):
            return
                bootstrap
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .connect(host: host, port: port)
        case .unixSocket(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        case .sentinel, .cluster:
            preconditionFailure("a resolver answers with a server")
        }
    }

    /// The name to check the certificate for. With none, NIOSSL checks the address connected to.
    private static func serverName(for endpoint: RedisEndpoint, tls: RedisTLS?) -> String? {
        if let name = tls?.serverName { return name }
        guard case .tcp(let host, let port) = endpoint else { return nil }
        let isAddress = (try? SocketAddress(ipAddress: host, port: port)) != nil
        return isAddress ? nil : host
    }

    private func greet(
        _ link: NIOLoopBound<RedisLink>,
        deadline: NIODeadline,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<NIOLoopBound<RedisLink>> {
        let commands = handshake
        let promise = eventLoop.makePromise(of: [Result<RedisReply, RedisError>].self)
        var batch = [WaitingCommand(pipeline: commands, deadline: deadline, sink: .pipelinePromise(promise))]
        link.value.write(&batch)
        return promise.futureResult.flatMapThrowing { results in
            for (command, result) in zip(commands, results) {
                guard case .failure(let error) = result else {
                    if command.name == "ROLE", let role = try result.get()[0]?.string, role != "master" {
                        throw RedisError(.connectFailed, command: "ROLE", detail: "the server named is a \(role)")
                    }
                    continue
                }
                // A name is a courtesy, and an account may be kept from PING and ROLE; everything else must work.
                if command.name == "CLIENT" { continue }
                if command.name == "PING" || command.name == "ROLE", error.prefix == "NOPERM" { continue }
                throw RedisError(.connectFailed, command: command.name, detail: error.detail)
            }
            return link
        }
        .flatMapErrorThrowing { error in
            let error = error as? RedisError ?? RedisError(.connectFailed, command: "CONNECT", detail: "\(error)")
            link.value.close(error)
            throw RedisError(
                .connectFailed,
                command: error.command == "PIPELINE" ? "CONNECT" : error.command,
                detail: error.detail
            )
        }
    }

    private var handshake: [RedisCommand] {
        var commands: [RedisCommand] = []
        switch (configuration.username, configuration.password) {
        case (let user?, let password?): commands.append(RedisCommand("AUTH", user, password))
        case (nil, let password?): commands.append(RedisCommand("AUTH", password))
        case (_, nil): break
        }
        if configuration.database != 0 { commands.append(RedisCommand("SELECT", configuration.database)) }
        if let name = configuration.clientName { commands.append(RedisCommand("CLIENT", "SETNAME", name)) }
        commands.append(RedisCommand("PING"))
        if case .sentinel = configuration.endpoint { commands.append(RedisCommand("ROLE")) }
        return commands
    }
}
