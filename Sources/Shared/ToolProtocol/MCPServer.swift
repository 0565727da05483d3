import Cryptography
package import HTTP
package import JSON
package import Logging

/// A client of one server of the Model Context Protocol: begins a session when it is first needed, and another when that
/// is lost, after pauses that grow.
package actor MCPServer: ToolServer {
    package nonisolated let name: String
    private let configuration: MCPServerConfiguration
    private let identity: ClientIdentity
    private let http: any HTTPTransport
    private let logger: Logger
    private let clock: any Clock<Duration>
    /// Since the client was made.
    private let elapsed: @Sendable () -> Duration

    private var session: Session?
    private var isConnecting = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var failures = 0
    /// When another session may be tried.
    private var restUntil = Duration.zero
    private var listed: (tools: [ServerTool], at: Duration)?
    private var isClosed = false
    private var lastID: Int64 = 0

    private struct Session {
        /// Tells sessions apart.
        let number: Int64
        let transport: any ToolTransport
        let hasTools: Bool
    }

    package init(
        configuration: MCPServerConfiguration,
        identity: ClientIdentity,
        http: any HTTPTransport,
        logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        name = configuration.name
        self.configuration = configuration
        self.identity = identity
        self.http = http
        self.logger = logger
        self.clock = clock
        elapsed = clock.stopwatch()
    }

    /// The allowed tools of the server, from the last list if it is young enough.
    package func tools() async throws(ToolProtocolError) -> [OfferedTool] {
        try await list().filter { configuration.allows($0.name) }.map { tool in
            OfferedTool(
                name: tool.name,
                description: tool.description,
                parameters: tool.schema,
                isSensitive: tool.isDestructive || configuration.sensitiveTools.contains(tool.name)
            )
        }
    }

    /// Throws `unknownTool` for one that is not allowed, without asking the server.
    ///
    /// A call is sent once more only where the server said that it knows no such session, and so did nothing.
    package func call(_ tool: String, _ arguments: JSONObject) async throws(ToolProtocolError) -> ToolResult {
        guard configuration.allows(tool) else { throw ToolProtocolError(.unknownTool, server: name) }
        let parameters: JSONObject = ["name": .string(tool), "arguments": .object(arguments)]
        let result = try await ask("tools/call", parameters, timeout: configuration.timeout)
        guard let result = ToolResult(result, maximumBytes: configuration.bounds.resultBytes) else {
            throw ToolProtocolError(.badResponse, server: name)
        }
        return result
    }

    package func close() async {
        isClosed = true
        guard let session else { return }
        self.session = nil
        await session.transport.close()
    }

    // MARK: The list of tools

    private static let mostPages = 20

    private func list() async throws(ToolProtocolError) -> [ServerTool] {
        if let listed, elapsed() - listed.at < configuration.listLifetime { return listed.tools }
        guard try await connected().hasTools else { return [] }
        var tools: [ServerTool] = []
        var cursor: String?
        for _ in 0..<Self.mostPages {
            let parameters = cursor.map { JSONObject(dictionaryLiteral: ("cursor", .string($0))) }
            let page = try await ask("tools/list", parameters, timeout: configuration.connectTimeout)
            guard let items = page["tools"]?.array else { throw ToolProtocolError(.badResponse, server: name) }
            tools += items.compactMap(ServerTool.init)
            cursor = page["nextCursor"]?.string
            if cursor == nil || tools.count >= ServerTool.mostTools { break }
        }
        tools = Array(tools.prefix(ServerTool.mostTools))
        listed = (tools, elapsed())
        return tools
    }

    // MARK: Requests

    private func ask(
        _ method: String,
        _ parameters: JSONObject?,
        timeout: Duration
    ) async throws(ToolProtocolError) -> JSONObject {
        let session = try await connected()
        do {
            return try await ask(method, parameters, timeout: timeout, on: session)
        } catch {
            if error.endsSession { await lost(session) }
            guard error.code == .sessionLost, !isClosed else { throw error }
        }
        let next = try await connected()
        do {
            return try await ask(method, parameters, timeout: timeout, on: next)
        } catch {
            if error.endsSession { await lost(next) }
            throw error
        }
    }

    private func ask(
        _ method: String,
        _ parameters: JSONObject?,
        timeout: Duration,
        on session: Session
    ) async throws(ToolProtocolError) -> JSONObject {
        let id = nextID()
        do {
            let message = RPCMessage.request(id, method, parameters)
            return try await session.transport.ask(id, message, timeout: timeout)
        } catch {
            if error.code == .timedOut || error.code == .cancelled { abandon(id, on: session.transport) }
            throw error
        }
    }

    /// Tells the server that nobody waits for an answer any more.
    private func abandon(_ id: Int64, on transport: any ToolTransport) {
        let message = RPCMessage.notification("notifications/cancelled", ["requestId": .integer(id)])
        // The caller may be cancelled and is not kept waiting; the message has a short deadline of its own.
        Task { try? await transport.tell(message) }
    }

    private func nextID() -> Int64 {
        lastID += 1
        return lastID
    }

    // MARK: Sessions

    /// The session, begun where there is none. Who comes while it begins waits for it.
    private func connected() async throws(ToolProtocolError) -> Session {
        while true {
            if isClosed { throw ToolProtocolError(.unavailable, server: name) }
            if let session { return session }
            if Task.isCancelled { throw ToolProtocolError(.cancelled, server: name) }
            guard isConnecting else { break }
            await withCheckedContinuation { waiting.append($0) }
        }
        guard elapsed() >= restUntil else { throw ToolProtocolError(.resting, server: name) }
        isConnecting = true
        defer {
            isConnecting = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        let begun: Session
        do {
            begun = try await begin()
        } catch {
            if error.code != .cancelled { failed(error) }
            throw error
        }
        guard !isClosed else {
            await begun.transport.close()
            throw ToolProtocolError(.unavailable, server: name)
        }
        failures = 0
        session = begun
        return begun
    }

    private func begin() async throws(ToolProtocolError) -> Session {
        let transport = try await transport()
        do {
            let handshake = Handshake(server: name, client: identity)
            let id = nextID()
            let message = RPCMessage.request(id, "initialize", handshake.parameters)
            let result = try await transport.ask(id, message, timeout: configuration.connectTimeout)
            let agreement = try handshake.agreement(result)
            transport.agreed(on: agreement.version)
            try await transport.tell(RPCMessage.notification("notifications/initialized"))
            logger.info(
                "tool server connected",
                metadata: ["server": "\(name)", "protocol_version": "\(agreement.version)"]
            )
            return Session(number: id, transport: transport, hasTools: agreement.hasTools)
        } catch {
            await transport.close()
            throw error
        }
    }

    private func transport() async throws(ToolProtocolError) -> any ToolTransport {
        switch configuration.address {
        case .url(let url):
            return HTTPToolTransport(
                server: name,
                url: url,
                authorization: configuration.authorization,
                http: http,
                bounds: configuration.bounds
            )
        case .command(let command, var environment):
            environment["MCP_AUTHORIZATION"] = configuration.authorization?.value
            return try await ProcessToolTransport.start(
                server: name,
                launch: .init(command: command, environment: environment),
                bounds: configuration.bounds,
                clock: clock,
                logger: logger
            )
        }
    }

    /// The session is of no more use.
    private func lost(_ session: Session) async {
        guard self.session?.number == session.number else { return }
        self.session = nil
        listed = nil
        logger.warning("tool server lost", metadata: ["server": "\(name)"])
        await session.transport.close()
    }

    private func failed(_ error: ToolProtocolError) {
        let pause = min(configuration.longestPause, configuration.firstPause * (1 << min(failures, 16)))
        failures += 1
        restUntil = elapsed() + pause
        logger.warning(
            "tool server cannot be used",
            metadata: ["server": "\(name)", "error": "\(error)", "pause": "\(pause)"]
        )
    }
}

extension Clock where Duration == Swift.Duration {
    /// Tells how long ago it was made.
    fileprivate func stopwatch() -> @Sendable () -> Swift.Duration {
        let start = now
        return { start.duration(to: now) }
    }
}
