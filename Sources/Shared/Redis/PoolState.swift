import NIOCore

/// What the pool of dedicated connections knows and decides. No I/O, no clock, no lock.
struct PoolState<Connection: Sendable>: Sendable {
    /// What a caller who wants a connection is to do.
    enum Lease {
        case use(Connection)
        /// Open a new one, whose place is taken already.
        case connect
        /// Wait to be named by a ``Handover``.
        case wait
        case refuse
    }

    /// What a place that became free is good for.
    enum Handover {
        case nothing
        case give(Connection, to: Int)
        /// The waiting caller is to open a connection.
        case connect(for: Int)
        /// The pool is closed: the connection is to be closed.
        case close(Connection)
    }

    let limit: Int
    private var idle: [Connection] = []
    private var waiters = CircularBuffer<Int>()
    private var isClosed = false
    /// Connections lent, idle or being opened.
    private(set) var open = 0

    init(limit: Int) { self.limit = limit }

    /// Finds a connection for the caller `id`; idle ones that are no longer usable are forgotten.
    mutating func lease(id: Int, isUsable: (Connection) -> Bool) -> Lease {
        guard !isClosed else { return .refuse }
        while let connection = idle.popLast() {
            if isUsable(connection) { return .use(connection) }
            open -= 1
        }
        guard open < limit else {
            waiters.append(id)
            return .wait
        }
        open += 1
        return .connect
    }

    /// A lent connection comes back fit for use.
    mutating func giveBack(_ connection: Connection) -> Handover {
        guard !isClosed else {
            open -= 1
            return .close(connection)
        }
        if let waiter = waiters.popFirst() { return .give(connection, to: waiter) }
        idle.append(connection)
        return .nothing
    }

    /// A lent connection ended, or opening one failed.
    mutating func discard() -> Handover {
        if !isClosed, let waiter = waiters.popFirst() { return .connect(for: waiter) }
        open -= 1
        return .nothing
    }

    /// A caller waits no longer.
    mutating func abandon(_ id: Int) { waiters.removeAll { $0 == id } }

    /// - Returns: The idle connections and the waiting callers, to be closed and refused.
    mutating func close() -> (idle: [Connection], waiters: [Int]) {
        isClosed = true
        open -= idle.count
        defer {
            idle = []
            waiters = []
        }
        return (idle, Array(waiters))
    }
}
