/// A connection URL in the forms that Celery and redis-py take.
///
/// Query parameters: `ssl_cert_reqs` (`required`, `optional`, `none`, also as `CERT_REQUIRED` …; default required),
/// `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`, `ssl_check_hostname` (default true), `virtual_host` or `db`,
/// `client_name`. Any other parameter is refused by name, so that a misspelt one is noticed.
///
/// Lists of servers, `sentinel://h1:p;h2:p/0?master=name` and `redis+cluster://h1:p;h2:p`: see `RedisURL+Lists`.
/// Sources: kombu `transport/virtual`, celery `backends/redis.py`, redis-py `connection.parse_url`.
package struct RedisURL {
    package let configuration: RedisConfiguration

    package init(parsing text: String) throws(RedisError) {
        guard let colon = text.range(of: "://") else { throw Self.invalid("no scheme such as redis://") }
        let scheme = text[..<colon.lower].lowercased()
        var rest = text[colon.upper...]
        if rest.contains("#") { throw Self.invalid("a fragment (#) has no meaning here; write # in a password as %23") }
        var query = try Self.cutQuery(from: &rest)

        let isEncrypted = scheme.hasPrefix("rediss")
        var configuration: RedisConfiguration
        let credentials: Credentials
        switch scheme {
        case "redis", "rediss":
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            var authority = rest[..<slash]
            credentials = try Self.cutCredentials(from: &authority)
            configuration = RedisConfiguration(endpoint: try Self.endpoint(from: authority, defaultPort: 6379))
            configuration.database = try Self.database(String(rest[slash...].dropFirst()), in: "path")
        case "redis+socket", "socket", "unix":
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            var authority = rest[..<slash]
            credentials = try Self.cutCredentials(from: &authority)
            configuration = RedisConfiguration(endpoint: try Self.socket(authority, path: rest[slash...]))
        case "sentinel", "redis+sentinel", "rediss+sentinel":
            let list = try ServerList(parsing: rest, defaultPort: 26379)
            credentials = list.credentials
            let set = try Self.cutSentinelSet(list.servers, from: &query)
            configuration = RedisConfiguration(endpoint: .sentinel(set))
            configuration.database = list.database
        case "redis+cluster", "rediss+cluster":
            let list = try ServerList(parsing: rest, defaultPort: 6379)
            credentials = list.credentials
            configuration = RedisConfiguration(endpoint: .cluster(seeds: list.servers))
            configuration.database = list.database
        default: throw Self.invalid("scheme must be redis, rediss, redis+socket, sentinel or redis+cluster")
        }
        configuration.username = credentials.user
        configuration.password = credentials.password
        if isEncrypted { configuration.tls = RedisTLS() }
        try Self.apply(query, to: &configuration)
        try configuration.validate()
        self.configuration = configuration
    }

    /// User and password, as far as they are given.
    typealias Credentials = (user: String?, password: String?)

    static func invalid(_ detail: String) -> RedisError {
        RedisError(.invalidConfiguration, command: "URL", detail: detail)
    }

    private static func cutQuery(from rest: inout Substring) throws(RedisError) -> [(name: String, value: String)] {
        guard let mark = rest.firstIndex(of: "?") else { return [] }
        let text = rest[rest.index(after: mark)...]
        rest = rest[..<mark]
        var parameters: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { throw invalid("a query parameter without a value") }
            parameters.append((try decoded(pair[0], in: "query"), try decoded(pair[1], in: "query")))
        }
        return parameters
    }

    static func cutCredentials(from authority: inout Substring) throws(RedisError) -> Credentials {
        guard let at = authority.lastIndex(of: "@") else { return (nil, nil) }
        let text = authority[..<at]
        authority = authority[authority.index(after: at)...]
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = try decoded(parts.first ?? "", in: "user")
        let password = parts.count == 2 ? try decoded(parts[1], in: "password") : ""
        guard !password.isEmpty else {
            if user.isEmpty { return (nil, nil) }
            throw invalid("a user without a password; a password alone is written :password@")
        }
        return (user.isEmpty ? nil : user, password)
    }

    private static func socket(_ authority: Substring, path: Substring) throws(RedisError) -> RedisEndpoint {
        guard authority.isEmpty else { throw Self.invalid("a socket URL has three slashes and no host") }
        let decoded = try Self.decoded(path, in: "socket path")
        guard decoded.utf8.count > 1 else { throw Self.invalid("no socket path") }
        guard decoded.utf8.count <= 107 else { throw Self.invalid("the socket path is over 107 bytes") }
        return .unixSocket(path: decoded)
    }

    static func endpoint(from authority: Substring, defaultPort: Int) throws(RedisError) -> RedisEndpoint {
        var host = authority
        var port = ""[...]
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw invalid("an IPv6 address without its ]") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            port = authority[authority.index(after: end)...]
            guard port.isEmpty || port.first == ":" else { throw invalid("text between ] and the port") }
            port = port.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
            guard !port.contains(":") else { throw invalid("write an IPv6 address in [brackets]; one host only") }
        }
        guard !host.contains(where: { ";, \t\r\n".contains($0) }) else { throw invalid("one host without spaces") }
        guard !port.isEmpty else { return .tcp(host: host.isEmpty ? "127.0.0.1" : String(host), port: defaultPort) }
        guard let number = Int(port), (1...65535).contains(number) else { throw invalid("port must be 1 to 65535") }
        return .tcp(host: host.isEmpty ? "127.0.0.1" : String(host), port: number)
    }

    static func database(_ text: String, in place: String) throws(RedisError) -> Int {
        let digits = text.hasPrefix("/") ? text.dropFirst() : text[...]
        if digits.isEmpty { return 0 }
        guard let number = Int(digits), (0...65535).contains(number) else {
            throw invalid("the database in the \(place) must be a number from 0")
        }
        return number
    }

    private static func apply(
        _ query: [(name: String, value: String)],
        to configuration: inout RedisConfiguration
    ) throws(RedisError) {
        for (name, value) in query {
            if name.hasPrefix("ssl_"), configuration.tls == nil { throw invalid("\(name) needs a scheme with rediss") }
            switch name {
            case "virtual_host", "db": configuration.database = try database(value, in: name)
            case "client_name": configuration.clientName = value
            case "ssl_ca_certs": configuration.tls?.certificateAuthorityFile = value
            case "ssl_certfile": configuration.tls?.certificateFile = value
            case "ssl_keyfile": configuration.tls?.privateKeyFile = value
            case "ssl_cert_reqs":
                switch value.lowercased() {
                case "required", "cert_required": break
                case "optional", "cert_optional": break  // for a client, Python checks these as required
                case "none", "cert_none": configuration.tls?.verification = .none
                default: throw invalid("ssl_cert_reqs must be required, optional or none")
                }
            case "ssl_check_hostname":
                switch value.lowercased() {
                case "true", "1", "yes": break
                case "false", "0", "no":
                    if configuration.tls?.verification == .full { configuration.tls?.verification = .chainOnly }
                default: throw invalid("ssl_check_hostname must be true or false")
                }
            default: throw invalid("unknown query parameter \(name.filter { $0.isASCII }.prefix(40))")
            }
        }
        if (configuration.tls?.certificateFile == nil) != (configuration.tls?.privateKeyFile == nil) {
            throw invalid("ssl_certfile and ssl_keyfile go together")
        }
    }

    /// Undoes percent encoding.
    private static func decoded(_ text: some StringProtocol, in place: String) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                throw invalid("a broken percent escape in the \(place)")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let result = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw invalid("the \(place) is not text")
        }
        return result
    }
}

extension String {
    /// The first place of `part`, which must not be empty.
    fileprivate func range(of part: String) -> (lower: Index, upper: Index)? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) { return (start, index(start, offsetBy: part.count)) }
            start = index(after: start)
        }
        return nil
    }
}
