/// Everything a ``RedisClient`` needs to know. Its description never shows the password.
public struct RedisConfiguration: Sendable {
    /// What a command does when there is no connection at the moment.
    public enum WhileDisconnected: Sendable {
        /// Wait for a connection, at most the command's own timeout.
        case wait
        /// Fail at once when the latest attempt to connect has failed.
        case failFast
    }

    package var endpoint: RedisEndpoint
    /// User for AUTH; nil means the server's default user.
    public var username: String?
    /// Password for AUTH; nil means no AUTH.
    package var password: String?
    /// Database chosen by SELECT after connecting, from 0.
    public var database: Int
    /// What the names of all keys and channels begin with, which are stored through this client by the modules of this
    /// package; kombu's `global_keyprefix`. Printable ASCII without blanks, quotes, backslashes, braces and the
    /// characters of patterns (`*?[]`), as it stands in patterns of access lists.
    public var keyPrefix = ""
    /// TLS settings; nil means plain.
    public var tls: RedisTLS?
    /// What `CLIENT LIST` shows for our connections. No spaces.
    public var clientName: String?

    /// Connections that all callers' commands are pipelined over.
    public var sharedConnections: Int = 1
    /// Upper bound of all connections, shared and dedicated (subscriptions included). More than `sharedConnections`.
    public var maximumConnections: Int = 50
    /// How long a caller waits for a free dedicated connection.
    public var connectionTimeout: Duration = .seconds(30)
    /// Time for resolving, connecting, TLS and the handshake together.
    public var connectTimeout: Duration = .seconds(5)
    /// Deadline of a command that names none.
    public var commandTimeout: Duration = .seconds(5)
    /// How long a shared connection with an overdue command may stay silent before it is replaced.
    public var stallTimeout: Duration = .seconds(5)
    /// Commands that may be without a reply on one connection; one more is refused as overload.
    public var maximumOutstandingCommands: Int = 100_000
    /// Request bytes that may be without a reply on one connection.
    public var maximumOutstandingBytes: Int = 256 << 20
    /// Bytes one reply may have; the connection is closed over it.
    public var maximumReplyBytes: Int = 512 << 20
    /// Messages a subscription holds for a slow reader; over it the oldest is dropped and counted.
    public var subscriptionBuffer: Int = 10_000
    public var whileDisconnected: WhileDisconnected = .wait
    /// Whether the server is one node of a Cluster, found by the map of its slots.
    var isClusterNode = false
    /// Waits between attempts to connect.
    package var backoff = Backoff()
    /// A random number from 0 up to 1, for the jitter of the backoff.
    package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

    /// Reads a connection URL.
    ///
    /// - Parameter url: `redis://[[user]:password@]host[:port][/database]`, the same with `rediss://` for TLS,
    ///   `redis+socket:///path?virtual_host=database`, `sentinel://h1:p;h2:p/database?master=name`, or
    ///   `redis+cluster://h1:p;h2:p`. Query parameters are Celery's; see ``RedisURL``.
    /// - Throws: `.invalidConfiguration` naming the part that is wrong, without quoting the URL.
    public init(url: String) throws(RedisError) {
        self = try RedisURL(parsing: url).configuration
    }

    package init(
        endpoint: RedisEndpoint,
        username: String? = nil,
        password: String? = nil,
        database: Int = 0,
        tls: RedisTLS? = nil
    ) {
        self.endpoint = endpoint
        self.username = username
        self.password = password
        self.database = database
        self.tls = tls
    }

    /// Refuses values that no client could work with.
    func validate() throws(RedisError) {
        func require(_ condition: Bool, _ expectation: String) throws(RedisError) {
            guard condition else {
                throw RedisError(.invalidConfiguration, command: "CONFIGURATION", detail: expectation)
            }
        }
        try require(sharedConnections >= 1, "sharedConnections must be at least 1")
        try require(maximumConnections > sharedConnections, "maximumConnections must be over sharedConnections")
        try require(maximumOutstandingCommands >= 1, "maximumOutstandingCommands must be at least 1")
        try require(maximumOutstandingBytes >= 1, "maximumOutstandingBytes must be at least 1")
        try require(subscriptionBuffer >= 1, "subscriptionBuffer must be at least 1")
        try require(database >= 0, "database must be at least 0")
        if case .cluster = endpoint { try require(database == 0, "a Cluster has no database but 0") }
        try require(keyPrefix.utf8.count <= 128, "keyPrefix must have at most 128 bytes")
        try require(
            keyPrefix.utf8.allSatisfy(Self.isPlain),
            "keyPrefix must be plain ASCII without {}, \", \\ and *?[]"
        )
        try require(connectTimeout > .zero && commandTimeout > .zero, "timeouts must be over zero")
        try require(clientName?.utf8.allSatisfy { $0 > 32 && $0 < 127 } ?? true, "clientName must be printable ASCII")
    }
}

extension RedisConfiguration {
    /// Whether a byte of a key has no meaning to hash slots, patterns and JSON.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 32 && byte < 127 && !"{}\"\\*?[]".utf8.contains(byte)
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomReflectable {
    /// Where it connects to, without credentials.
    public var description: String { "\(tls == nil ? "" : "tls+")\(endpoint)/\(database)" }

    public var customMirror: Mirror {
        Mirror(self, children: ["endpoint": endpoint, "database": database, "password": password == nil ? "" : "***"])
    }
}

extension RedisConfiguration {
    /// Whether one script may touch the lists that Celery keeps for priorities, whose names hash to other slots.
    package var hasPriorityLists: Bool { !isClustered }

    /// Whether keys are spread over nodes.
    var isClustered: Bool {
        if case .cluster = endpoint { true } else { isClusterNode }
    }
}
