/// Which node of a Cluster serves which slots, as far as is known.
struct SlotMap: Equatable, Sendable {
    private static let nobody = UInt16.max

    /// The nodes that serve slots, or are about to.
    private(set) var servers: [RedisEndpoint] = []
    private var owners = [UInt16](repeating: nobody, count: HashSlot.count)

    /// Reads the reply to `CLUSTER SLOTS`.
    ///
    /// - Parameters:
    ///   - reply: The reply.
    ///   - asked: The node that gave it, whose host stands for hosts that it does not know.
    /// - Throws: `.unexpectedReply` for another reply, and for a node that knows of no slots.
    init(_ reply: RedisReply, from asked: RedisEndpoint) throws(RedisError) {
        for range in reply.array ?? [] {
            guard
                let first = range[0]?.integer, let last = range[1]?.integer, let port = range[2]?[1]?.integer,
                first >= 0, first <= last, last < HashSlot.count, let port = Int(exactly: port)
            else {
                throw RedisError(.unexpectedReply, command: "CLUSTER", detail: "no range of slots")
            }
            let server = asked.neighbour(host: range[2]?[0]?.string ?? "", port: port)
            let index = index(of: server)
            for slot in Int(first)...Int(last) { owners[slot] = index }
        }
        guard !servers.isEmpty else {
            throw RedisError(.unexpectedReply, command: "CLUSTER", detail: "the node knows of no slots")
        }
    }

    func owner(of slot: Int) -> RedisEndpoint? {
        let index = owners[slot]
        return index == Self.nobody ? nil : servers[Int(index)]
    }

    mutating func move(_ slot: Int, to server: RedisEndpoint) { owners[slot] = index(of: server) }

    private mutating func index(of server: RedisEndpoint) -> UInt16 {
        if let known = servers.firstIndex(of: server) { return UInt16(known) }
        servers.append(server)
        return UInt16(servers.count - 1)
    }
}

extension RedisEndpoint {
    /// A node that this one names; an unknown host (empty, `?`) is this one's own.
    func neighbour(host: String, port: Int) -> RedisEndpoint {
        guard host.isEmpty || host == "?", case .tcp(let own, _) = self else { return .tcp(host: host, port: port) }
        return .tcp(host: own, port: port)
    }
}

/// What an error reply says about where a command should go (redis.io, "Redis cluster specification", redirection).
enum Redirection: Equatable {
    /// The slot is another node's, from now on.
    case moved(slot: Int, RedisEndpoint)
    /// The slot is on its way to another node, where this command may already be run.
    case ask(RedisEndpoint)
    /// Not now: keys are on their way, or the node is not ready.
    case later

    /// nil for an error that is the command's answer. `asked` is the node that gave it.
    init?(_ error: RedisError, from asked: RedisEndpoint) {
        switch error.prefix {
        case "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN": self = .later
        case "MOVED", "ASK":
            let words = error.detail.split(separator: " ")
            guard words.count >= 3, let slot = Int(words[1]), (0..<HashSlot.count).contains(slot),
                let colon = words[2].lastIndex(of: ":"), let port = Int(words[2][words[2].index(after: colon)...])
            else { return nil }
            let server = asked.neighbour(host: String(words[2][..<colon]), port: port)
            self = error.prefix == "MOVED" ? .moved(slot: slot, server) : .ask(server)
        default: return nil
        }
    }
}
