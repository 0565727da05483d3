/// Lists of servers, separated by `;` as Celery writes them: `h1:p;h2:p`, or each with the scheme and the path of its
/// own (`sentinel://h1:p/0;sentinel://h2:p/0`). What several entries say must be the same.
struct ServerList {
    private(set) var servers: [RedisEndpoint] = []
    private(set) var credentials: RedisURL.Credentials = (nil, nil)
    private(set) var database = 0

    /// - Parameters:
    ///   - text: What follows the first scheme, without the query.
    ///   - defaultPort: The port of entries that name none.
    /// - Throws: `.invalidConfiguration` naming the part that is wrong.
    init(parsing text: Substring, defaultPort: Int) throws(RedisError) {
        var paths: Set<Substring> = []
        var logins: [RedisURL.Credentials] = []
        for entry in text.split(separator: ";", omittingEmptySubsequences: false) {
            var entry = entry
            if let end = Self.endOfScheme(in: entry) { entry = entry[end...] }
            let slash = entry.firstIndex(of: "/") ?? entry.endIndex
            let path = entry[slash...].dropFirst()
            var authority = entry[..<slash]
            let login = try RedisURL.cutCredentials(from: &authority)
            guard !authority.isEmpty else { throw RedisURL.invalid("an entry of the list names no server") }
            servers.append(try RedisURL.endpoint(from: authority, defaultPort: defaultPort))
            if login.password != nil { logins.append(login) }
            if !path.isEmpty { paths.insert(path) }
        }
        guard paths.count <= 1 else { throw RedisURL.invalid("the servers of a list share one database") }
        if let path = paths.first { database = try RedisURL.database(String(path), in: "path") }
        if let first = logins.first {
            guard logins.allSatisfy({ $0 == first }) else {
                throw RedisURL.invalid("the servers of a list share one user and password")
            }
            credentials = first
        }
    }

    private static func endOfScheme(in entry: Substring) -> Substring.Index? {
        guard let colon = entry.firstIndex(of: ":"), entry[colon...].hasPrefix("://") else { return nil }
        return entry.index(colon, offsetBy: 3)
    }
}

extension RedisURL {
    /// The sentinels of a URL, and the parameters that are about them: `master` (or kombu's `master_name`),
    /// `sentinel_username`, `sentinel_password`, and `sentinel_ssl=false` for sentinels without TLS.
    static func cutSentinelSet(
        _ servers: [RedisEndpoint],
        from query: inout [(name: String, value: String)]
    ) throws(RedisError) -> SentinelSet {
        var set = SentinelSet(servers, primary: "")
        var rest: [(name: String, value: String)] = []
        for (name, value) in query {
            switch name {
            case "master", "master_name": set.primary = value
            case "sentinel_username": set.username = value
            case "sentinel_password": set.password = value
            case "sentinel_ssl":
                switch value.lowercased() {
                case "true", "1", "yes": break
                case "false", "0", "no": set.followsTLS = false
                default: throw invalid("sentinel_ssl must be true or false")
                }
            default: rest.append((name, value))
            }
        }
        guard !set.primary.isEmpty else { throw invalid("sentinel:// needs ?master=, the name of the primary") }
        guard set.username == nil || set.password != nil else {
            throw invalid("sentinel_username needs sentinel_password")
        }
        query = rest
        return set
    }
}
