/// A Redis command, connection or setting that failed.
public struct RedisError: Error, Equatable, Sendable {
    /// What went wrong, for code to branch on.
    package enum Code: String, Sendable {
        /// A URL or setting that cannot be used.
        case invalidConfiguration
        /// A deployment or feature that this version recognises but does not support.
        case unsupported
        /// Resolving, connecting, the TLS handshake or the Redis handshake failed.
        case connectFailed
        /// There is no connection and the client was told not to wait for one.
        case notConnected
        /// The connection broke before the reply arrived.
        case connectionLost
        /// No reply, or no connection, before the deadline.
        case timedOut
        /// Every pooled connection stayed in use for the whole waiting time.
        case poolExhausted
        /// Too many commands or bytes are already waiting for replies.
        case overloaded
        /// The server answered with an error; see ``RedisError/prefix``.
        case server
        /// The peer sent something that is not RESP.
        case protocolViolation
        /// A well-formed reply of another type than the command promises.
        case unexpectedReply
        /// Redis did what was asked, and not enough replicas or disks have said in time that they have it too.
        case unconfirmed
        /// The calling task was cancelled.
        case cancelled
        /// The client or connection was closed by its owner.
        case closed
    }

    package let code: Code
    /// The command's name, such as `BRPOP`, or a step such as `CONNECT`. Never keys or arguments.
    package let command: String
    /// The first word of a server error, such as `READONLY`; empty for everything else.
    package let prefix: String
    /// What the server or the network layer said. May quote arguments: not for logs above debug.
    package let detail: String
    /// Whether Redis may have executed the command although no reply says so.
    ///
    /// `false` means that it certainly did not run, or that the server itself refused it.
    public let outcomeUnknown: Bool

    package init(_ code: Code, command: String, detail: String = "", outcomeUnknown: Bool = false) {
        self.code = code
        self.command = command
        self.prefix = ""
        self.detail = detail
        self.outcomeUnknown = outcomeUnknown
    }

    /// An error reply. Its first word is the prefix by Redis convention (redis.io, "RESP simple errors").
    package init(server text: String, command: String) {
        self.code = .server
        self.command = command
        let word = text.prefix { $0 != " " }
        let isPrefix = !word.isEmpty && word.utf8.count <= 32 && word.allSatisfy { $0.isUppercase || $0.isNumber }
        self.prefix = isPrefix ? String(word) : "ERR"
        self.detail = text
        self.outcomeUnknown = false
    }

    /// Whether the same command may succeed later, without anyone changing it.
    public var isTransient: Bool {
        switch code {
        case .connectFailed, .notConnected, .connectionLost, .timedOut, .poolExhausted, .overloaded, .unconfirmed: true
        case .server: Self.transientPrefixes.contains(prefix)
        case .invalidConfiguration, .unsupported, .protocolViolation, .unexpectedReply, .cancelled, .closed: false
        }
    }

    /// Whether this reply says that the connection leads to the wrong server, or to one that is not ready.
    package var asksForReconnect: Bool { code == .server && Self.reconnectPrefixes.contains(prefix) }

    private static let reconnectPrefixes: Set<String> = [
        "READONLY", "LOADING", "MASTERDOWN", "CLUSTERDOWN", "UNBLOCKED",
    ]
    private static let transientPrefixes: Set<String> = reconnectPrefixes.union([
        "BUSY", "MISCONF", "NOREPLICAS", "OOM", "TRYAGAIN",
    ])
}

extension RedisError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Safe to log: names the command and the kind of failure only.
    public var description: String {
        let reason = prefix.isEmpty ? code.rawValue : "\(code.rawValue) \(prefix)"
        let fate = outcomeUnknown ? ", outcome unknown" : ""
        return "RedisError.\(reason) during \(command)\(fate)"
    }

    /// Tells everything, arguments that the server quoted included.
    public var debugDescription: String { detail.isEmpty ? description : "\(description): \(detail)" }
}
