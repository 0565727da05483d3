import Logging
import NIOConcurrencyHelpers
import NIOCore

/// What is known of a Redis Cluster: who serves which slots, and the connections to each node.
///
/// The map is fetched from any node when it is first needed, and again whenever something shows that it is old: a
/// redirection, a node that cannot be reached or does not answer. Calls for it while one is under way share that one.
final class Cluster: Sendable {
    private struct State {
        var map: SlotMap?
        var nodes: [RedisEndpoint: ServerNode] = [:]
        var refreshing: EventLoopPromise<Void>?
        /// Counts up, so that another node is asked first each time.
        var turn = 0
        var isClosed = false
    }

    let configuration: RedisConfiguration
    let group: any EventLoopGroup
    private let seeds: [RedisEndpoint]
    private let logger: Logger
    private let state = NIOLockedValueBox(State())

    init(seeds: [RedisEndpoint], configuration: RedisConfiguration, group: any EventLoopGroup, logger: Logger) {
        self.seeds = seeds
        self.configuration = configuration
        self.group = group
        self.logger = logger
    }

    /// Sends a command to where its keys are; false where it has none.
    func enqueue(_ command: WaitingCommand, wantedOn eventLoop: (any EventLoop)?) -> Bool {
        guard let routed = ClusterCommand(command, cluster: self, wantedOn: eventLoop) else { return false }
        routed.begin()
        return true
    }

    // MARK: The map

    func owner(of slot: Int) -> RedisEndpoint? { state.withLockedValue { $0.map?.owner(of: slot) } }

    /// The nodes that serve slots; the seeds while nothing is known.
    var servers: [RedisEndpoint] { state.withLockedValue { $0.map?.servers ?? seeds } }

    func move(_ slot: Int, to server: RedisEndpoint) {
        state.withLockedValue { $0.map?.move(slot, to: server) }
        _ = refresh()
    }

    /// Fetches the map anew, after what is being fetched already.
    ///
    /// Fails with ``RedisError`` where no node has it, as `.unsupported` where they are of no Cluster; what was known
    /// stays.
    func refresh() -> EventLoopFuture<Void> {
        let eventLoop = group.next()
        let (promise, candidates) = state.withLockedValue { state -> (EventLoopPromise<Void>, [RedisEndpoint]?) in
            if let refreshing = state.refreshing { return (refreshing, nil) }
            let promise = eventLoop.makePromise(of: Void.self)
            state.refreshing = promise
            state.turn += 1
            let known = state.map?.servers ?? []
            let first = known.isEmpty ? 0 : state.turn % known.count
            let ordered = known[first...] + known[..<first]
            return (promise, ordered + seeds.filter { !known.contains($0) })
        }
        guard let candidates else { return promise.futureResult }
        ServerRound(configuration).ask(candidates, RedisCommand("CLUSTER", "SLOTS"), on: eventLoop) {
            reply,
            asked throws(RedisError) in
            try SlotMap(reply, from: asked)
        }
        .whenComplete { [self] result in
            let unused = state.withLockedValue { state -> [ServerNode] in
                state.refreshing = nil
                guard case .success((let map, _)) = result else { return [] }
                state.map = map
                // What is still on its way over these keeps them until it has ended.
                let unused = state.nodes.filter { !map.servers.contains($0.key) }
                for node in unused.keys { state.nodes[node] = nil }
                return Array(unused.values)
            }
            switch result {
            case .success: promise.succeed()
            case .failure(let error):
                logger.debug("cannot learn the cluster's slots", metadata: ["error": "\(error)"])
                let detail = (error as? RedisError)?.detail ?? ""
                let isNone = detail.hasSuffix("cluster support disabled")
                promise.fail(isNone ? RedisError(.unsupported, command: "CLUSTER", detail: detail) : error)
            }
            withExtendedLifetime(unused) {}
        }
        return promise.futureResult
    }

    /// Takes note of an error that a caller met on a connection of its own.
    func note(_ error: any Error, from asked: RedisEndpoint?) {
        guard let error = error as? RedisError else { return }
        if case .moved(let slot, let server)? = Redirection(error, from: asked ?? seeds[0]) {
            move(slot, to: server)
        } else if error.code != .server, error.code != .cancelled {
            _ = refresh()
        }
    }

    // MARK: Nodes

    /// The connections to a node, made when they are first asked for.
    func node(at server: RedisEndpoint) -> ServerNode {
        state.withLockedValue { state in
            if let node = state.nodes[server] { return node }
            var configuration = configuration
            configuration.endpoint = server
            configuration.isClusterNode = true
            // A command does not wait for one node: it looks where its slot is by then.
            configuration.whileDisconnected = .failFast
            let connector = RedisConnector(configuration: configuration, resolver: StandaloneResolver())
            let node = ServerNode(connector: connector, group: group, logger: logger)
            if state.isClosed { node.close() } else { state.nodes[server] = node }
            return node
        }
    }

    /// The connections to the node that holds `key`.
    ///
    /// - Throws: `.connectFailed` where nobody says who that is.
    func node(owning key: String) async throws(RedisError) -> ServerNode {
        let slot = HashSlot.slot(of: key)
        if let server = owner(of: slot) { return node(at: server) }
        do {
            try await refresh().get()
        } catch {
            throw error as? RedisError ?? RedisError(.connectFailed, command: "CLUSTER", detail: "\(error)")
        }
        guard let server = owner(of: slot) else {
            throw RedisError(.connectFailed, command: "CLUSTER", detail: "nobody serves slot \(slot)")
        }
        return node(at: server)
    }

    func close() {
        let nodes = state.withLockedValue { state in
            state.isClosed = true
            defer { state.nodes = [:] }
            return Array(state.nodes.values)
        }
        for node in nodes { node.close() }
    }
}

/// Resolves for connections to which any node will do: subscriptions, commands without a key.
struct AnyNodeResolver: EndpointResolver {
    let cluster: Cluster
    private let turn = NIOLockedValueBox(0)

    init(_ cluster: Cluster) { self.cluster = cluster }

    func resolve(_ endpoint: RedisEndpoint, on eventLoop: any EventLoop) -> EventLoopFuture<RedisEndpoint> {
        let servers = cluster.servers
        return eventLoop.makeSucceededFuture(servers[turn.withLockedValue { $0 } % servers.count])
    }

    func failed(_ answer: RedisEndpoint) { turn.withLockedValue { $0 += 1 } }
}
