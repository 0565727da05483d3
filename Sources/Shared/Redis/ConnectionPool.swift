import NIOConcurrencyHelpers
import NIOCore

/// Lends connections of one's own, up to a bound.
final class ConnectionPool: Sendable {
    private enum Grant: Sendable {
        case connection(RedisConnection)
        case connect
        case refused(RedisError)
    }

    private struct State {
        var pool: PoolState<RedisConnection>
        var continuations: [Int: CheckedContinuation<Grant, Never>] = [:]
        var nextID = 0
        var isClosed = false
        /// Connections in the hands of callers.
        var lent: [ObjectIdentifier: RedisConnection] = [:]
    }

    private let connector: RedisConnector
    private let group: any EventLoopGroup
    private let state: NIOLockedValueBox<State>

    init(connector: RedisConnector, group: any EventLoopGroup, limit: Int) {
        self.connector = connector
        self.group = group
        self.state = NIOLockedValueBox(State(pool: PoolState(limit: limit)))
    }

    /// A connection for the caller alone, to be handed to ``giveBack(_:)``.
    ///
    /// - Throws: `.poolExhausted` after the waiting time, `.cancelled`, `.closed`, `.connectFailed`.
    func lease() async throws(RedisError) -> RedisConnection {
        let connection: RedisConnection
        switch await grant() {
        case .connection(let idle): connection = idle
        case .refused(let error): throw error
        case .connect:
            do {
                connection = try await RedisConnection.open(connector, on: group.next()).get()
            } catch {
                freePlace()
                throw error as? RedisError ?? RedisError(.connectFailed, command: "CONNECT", detail: "\(error)")
            }
        }
        let isClosed = state.withLockedValue { state in
            if !state.isClosed { state.lent[ObjectIdentifier(connection)] = connection }
            return state.isClosed
        }
        if isClosed { connection.close() }
        return connection
    }

    /// Ends a lease. A connection that is closed or still owes a reply is not lent again.
    func giveBack(_ connection: RedisConnection) {
        _ = state.withLockedValue { $0.lent.removeValue(forKey: ObjectIdentifier(connection)) }
        let isFit = connection.isIdle
        if !isFit { connection.close() }
        free { isFit ? $0.giveBack(connection) : $0.discard() }
    }

    /// Counts one more connection that the caller opens itself, until ``freePlace()``.
    ///
    /// - Throws: `.poolExhausted` after the waiting time, `.cancelled`, `.closed`.
    func takePlace() async throws(RedisError) {
        switch await grant() {
        case .connection(let idle): idle.close()
        case .connect: break
        case .refused(let error): throw error
        }
    }

    func freePlace() { free { $0.discard() } }

    /// Closes every connection, lent ones too, and refuses everybody from now on.
    func close() {
        let (connections, refused) = state.withLockedValue { state in
            state.isClosed = true
            let (idle, waiters) = state.pool.close()
            return (idle + state.lent.values, waiters.compactMap { state.continuations.removeValue(forKey: $0) })
        }
        for connection in connections { connection.close() }
        for continuation in refused {
            continuation.resume(returning: .refused(RedisError(.closed, command: "POOL")))
        }
    }

    private func grant() async -> Grant {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        let timeout = connector.configuration.connectionTimeout
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Grant, Never>) in
                let grant: Grant? = state.withLockedValue { state in
                    switch state.pool.lease(id: id, isUsable: \.isIdle) {
                    case .use(let connection): return .connection(connection)
                    case .connect: return .connect
                    case .refuse: return .refused(RedisError(.closed, command: "POOL"))
                    case .wait:
                        state.continuations[id] = continuation
                        return nil
                    }
                }
                if let grant {
                    continuation.resume(returning: grant)
                } else if Task.isCancelled {
                    refuse(id, .cancelled)
                } else {
                    group.next().scheduleTask(in: TimeAmount(timeout)) { [weak self] in
                        self?.refuse(id, .poolExhausted)
                    }
                }
            }
        } onCancel: {
            refuse(id, .cancelled)
        }
    }

    private func refuse(_ id: Int, _ code: RedisError.Code) {
        let continuation = state.withLockedValue { state in
            state.pool.abandon(id)
            return state.continuations.removeValue(forKey: id)
        }
        continuation?.resume(returning: .refused(RedisError(code, command: "POOL")))
    }

    /// Decides what a freed place is good for and acts on it.
    ///
    /// The waiting caller is looked up under the same lock, so that it cannot give up in between and the place is
    /// never lost.
    private func free(_ decide: (inout PoolState<RedisConnection>) -> PoolState<RedisConnection>.Handover) {
        var closing: RedisConnection?
        let wakeUp: (CheckedContinuation<Grant, Never>, Grant)? = state.withLockedValue { state in
            let (id, grant): (Int, Grant)
            switch decide(&state.pool) {
            case .nothing: return nil
            case .close(let connection):
                closing = connection
                return nil
            case .give(let connection, to: let waiter): (id, grant) = (waiter, .connection(connection))
            case .connect(for: let waiter): (id, grant) = (waiter, .connect)
            }
            guard let continuation = state.continuations.removeValue(forKey: id) else {
                preconditionFailure("a waiter of the pool without its continuation")
            }
            return (continuation, grant)
        }
        closing?.close()
        if let (continuation, grant) = wakeUp { continuation.resume(returning: grant) }
    }
}
