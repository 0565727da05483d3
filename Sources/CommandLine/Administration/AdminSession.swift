import Administration
import Cryptography
import HTTP
import HTTPClient
import Identity
import JSON
import JobPayload
import JobQueue
import Platform
import Plugins
import Redis

/// The admin API as a command uses it, wherever it is.
struct AdminSession: Sendable {
    private enum Way: Sendable {
        /// In this process.
        case local(AdminAPI, Principal)
        /// At a gateway.
        case remote(RemoteAdminAPI)
    }

    private let way: Way

    /// Runs `body` with the API that the options mean; what it used is closed afterwards.
    ///
    /// - Parameters:
    ///   - options: Where the API is.
    ///   - body: What is asked of it.
    /// - Returns: What `body` does.
    /// - Throws: `CommandFailure`.
    static func with<Value>(
        _ options: some AdminAccess,
        _ body: (AdminSession) async throws -> Value
    ) async throws -> Value {
        let http = HTTPClient(configuration: HTTPClientConfiguration(proxy: .environment))
        let result: Result<Value, any Error>
        do {
            result = .success(try await run(options, http, body))
        } catch {
            result = .failure(error)
        }
        await http.shutdown()
        return try result.get()
    }

    private static func run<Value>(
        _ options: some AdminAccess,
        _ http: HTTPClient,
        _ body: (AdminSession) async throws -> Value
    ) async throws -> Value {
        if let server = options.connection.serverURL {
            let remote = RemoteAdminAPI(
                server: server,
                token: try options.connection.token(),
                codeFile: options.connection.codeFile,
                http: http
            )
            return try await body(AdminSession(way: .remote(remote)))
        }
        let settings = try options.load()
        let redis: RedisClient
        do throws(RedisError) {
            redis = try RedisAccess.client(settings.redis)
        } catch {
            throw RedisAccess.failure(error, settings.redis)
        }
        defer { redis.close() }
        let api = try await api(settings, redis, http)
        let principal = Principal(subject: RedisAccess.localSubject, role: .admin)
        return try await body(AdminSession(way: .local(api, principal)))
    }

    /// The API in this process. Services are asked from here; what takes a worker is done by one.
    private static func api(
        _ settings: Configuration,
        _ redis: RedisClient,
        _ http: HTTPClient
    ) async throws(CommandFailure) -> AdminAPI {
        let logger = RedisAccess.silentLogger
        guard let addresses = AddressPolicy(allowedNetworks: settings.plugins.allowedNetworks) else {
            throw CommandFailure(.usage, "plugins.allowed_networks: expected networks such as 10.1.0.0/16")
        }
        do {
            let payload = try JobPayload(settings.payload)
            let producer = JobProducer(
                redis: redis,
                durability: Durability(settings.redis.durability),
                payload: payload
            )
            return try await AdminAPI(
                configuration: settings,
                redis: redis,
                audit: AuditTrail(redis: redis, file: settings.administration.auditFile, logger: logger),
                payload: payload,
                examiner: ServiceExaminer(addresses: addresses, transport: http, now: { WireTime.now.date }),
                trials: QueuedPluginWork(
                    producer: producer,
                    sealing: try settings.plugins.sealingKey(),
                    language: settings.assistant.language
                ),
                logger: logger
            )
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    /// Asks for one thing.
    ///
    /// - Parameters:
    ///   - method: As HTTP calls it.
    ///   - path: Below `/api/v1`, its parts not encoded.
    ///   - query: Parameters; those that are nil are left out.
    ///   - body: What is sent; nil for nothing.
    ///   - ifMatch: The version that is meant.
    /// - Returns: The answer's body; null where it has none.
    /// - Throws: `CommandFailure` where it was refused, or nobody answers.
    @discardableResult
    func ask(
        _ method: String = "GET",
        _ path: String...,
        query: [(String, String?)] = [],
        body: JSONValue? = nil,
        ifMatch: String? = nil
    ) async throws -> JSONValue {
        try await send(method, path, query: query, body: body, ifMatch: ifMatch)
    }

    private func send(
        _ method: String,
        _ path: [String],
        query: [(String, String?)],
        body: JSONValue? = nil,
        ifMatch: String? = nil
    ) async throws -> JSONValue {
        var headers: [String: String] = body == nil ? [:] : ["content-type": "application/json"]
        if let ifMatch { headers["if-match"] = "\"\(ifMatch)\"" }
        let request = AdminRequest(
            method: method,
            path: path,
            query: query.compactMap { name, value in value.map { (name, $0) } },
            headers: headers,
            body: body?.bytes ?? [],
            address: "local",
            requestID: Hex.encode(RandomBytes.generate(count: 8))
        )
        let response: AdminResponse =
            switch way {
            case .local(let api, let principal): await api.respond(to: request, locallyAs: principal)
            case .remote(let remote): try await remote.respond(to: request)
            }
        guard response.status < 400 else { throw Self.failure(response) }
        return response.body ?? .null
    }

    /// All elements of a list, page by page.
    ///
    /// - Parameters:
    ///   - path: Below `/api/v1`.
    ///   - query: Parameters; those that are nil are left out.
    ///   - most: How many at most.
    /// - Returns: The elements.
    /// - Throws: `CommandFailure` where it was refused, or nobody answers.
    func all(_ path: String..., query: [(String, String?)] = [], atMost most: Int = 10_000) async throws -> [JSONValue]
    {
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await send("GET", path, query: query + [("cursor", cursor)])
            items += page["items"]?.array ?? []
            cursor = page["next_cursor"]?.string
        } while cursor != nil && items.count < most
        return Array(items.prefix(most))
    }

    /// What to say of a refusal: what is wrong, one line each.
    private static func failure(_ response: AdminResponse) -> CommandFailure {
        let detail = response.body?["detail"]?.string ?? "the answer was \(response.status)"
        let lines = (response.body?["errors"]?.array ?? []).map { error in
            let pointer = error["pointer"]?.string ?? ""
            return "  \(TerminalText.line(pointer.isEmpty ? "(document)" : pointer)): "
                + TerminalText.line(error["detail"]?.string ?? "", limit: 400)
        }
        let text = ([TerminalText.line(detail, limit: 400)] + lines).joined(separator: "\n")
        return CommandFailure(response.status == 503 ? .unreachable : .failed, text)
    }
}
