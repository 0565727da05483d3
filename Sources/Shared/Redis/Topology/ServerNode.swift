import Logging
package import NIOCore
import Synchronization

/// The connections to one server: those that everybody's commands share, and a pool of dedicated ones.
package final class ServerNode: RedisCommandTarget {
    let connector: RedisConnector
    let shared: [SharedConnection]
    let pool: ConnectionPool
    private let turn = Atomic<Int>(0)

    init(connector: RedisConnector, group: any EventLoopGroup, logger: Logger) {
        let configuration = connector.configuration
        self.connector = connector
        shared = (0..<configuration.sharedConnections).map { _ in
            SharedConnection(connector: connector, eventLoop: group.next(), logger: logger)
        }
        // What one learns, all know: else a loop could go on failing commands for the rest of its backoff.
        for connection in shared {
            for other in shared where other !== connection {
                connection.whenConnected { [weak other] in other?.retryNow() }
            }
        }
        pool = ConnectionPool(
            connector: connector,
            group: group,
            limit: configuration.maximumConnections - configuration.sharedConnections
        )
    }

    deinit { close() }

    /// Where it is, or what leads there.
    package var endpoint: RedisEndpoint { connector.configuration.endpoint }

    func start() { for connection in shared { connection.start() } }

    func close() {
        for connection in shared { connection.close() }
        pool.close()
    }

    package var guardsScripts: Bool { connector.configuration.isClustered }

    package var commandTimeout: Duration { connector.configuration.commandTimeout }

    package func enqueue(_ command: WaitingCommand, wantedOn eventLoop: (any EventLoop)?) {
        if shared.count == 1 {
            shared[0].enqueue(command)
        } else if let eventLoop, let near = shared.first(where: { $0.eventLoop === eventLoop }) {
            near.enqueue(command)
        } else {
            let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
            shared[Int(UInt(bitPattern: next) % UInt(shared.count))].enqueue(command)
        }
    }

    /// Opens a connection of the caller's own, which the pool does not count, on `eventLoop`.
    ///
    /// The future fails with `RedisError(.connectFailed)`, after `timeout` at the latest.
    package func connect(on eventLoop: any EventLoop, timeout: Duration) -> EventLoopFuture<RedisConnection> {
        var configuration = connector.configuration
        configuration.connectTimeout = timeout
        return RedisConnection.open(
            RedisConnector(configuration: configuration, resolver: connector.resolver),
            on: eventLoop
        )
    }
}
