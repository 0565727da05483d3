import JSON
import Redis

/// The broker as `stats`, `conf` and `report` tell of it (kombu.connection, `Connection.info`): never a password.
struct BrokerDescription {
    private let configuration: RedisConfiguration
    private let visibilityTimeout: Duration

    init(_ redis: RedisClient, visibilityTimeout: Duration) {
        configuration = redis.configuration
        self.visibilityTimeout = visibilityTimeout
    }

    private var place: (host: String, port: JSONValue) {
        switch configuration.endpoint {
        case .tcp(let host, let port): (host, .integer(Int64(port)))
        case .unixSocket(let path): (path, .null)
        case .sentinel, .cluster: ("\(configuration.endpoint)", .null)
        }
    }

    private var transport: String {
        switch configuration.endpoint {
        case .sentinel: "sentinel"
        default: "redis"
        }
    }

    /// Options that all workers share.
    var transportOptions: JSONValue {
        var options: JSONObject = ["visibility_timeout": .double(Double(visibilityTimeout.milliseconds) / 1000)]
        if !configuration.keyPrefix.isEmpty { options["global_keyprefix"] = .string(configuration.keyPrefix) }
        return .object(options)
    }

    /// A URL whose password is masked.
    var url: String {
        let scheme = configuration.tls == nil ? transport : transport == "redis" ? "rediss" : transport
        let account = configuration.username ?? ""
        let credentials =
            configuration.password == nil ? (account.isEmpty ? "" : account + "@") : "\(account):********@"
        return "\(scheme)://\(credentials)\(configuration.endpoint)/\(configuration.database)"
    }

    var value: JSONValue {
        [
            "hostname": .string(place.host), "userid": configuration.username.map { .string($0) } ?? .null,
            "virtual_host": .string("\(configuration.database)"), "port": place.port, "insist": false,
            "ssl": .bool(configuration.tls != nil), "transport": .string(transport),
            "connect_timeout": .double(Double(configuration.connectTimeout.milliseconds) / 1000),
            "transport_options": transportOptions, "login_method": nil, "uri_prefix": nil, "heartbeat": 0.0,
            "failover_strategy": "round-robin", "alternates": [], "credential_provider": nil,
        ]
    }
}
