import Administration
import Cryptography
import FoundationEssentials
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
        /// In this process, over the Redis of these settings.
        case local(AdminAPI, Configuration.Redis)
        /// At a gateway.
        case remote(RemoteAdminAPI)
    }

    /// What is to be asked for. In this process only that is read which it takes.
    enum Reach: Sendable {
        /// What needs no key: queues, jobs, workers, schedules, usage, records.
        case work
        /// Also plugins, people and tokens.
        case all
    }

    private let way: Way

    /// Whether it is asked in this process, by who may read Redis anyway.
    var isLocal: Bool { if case .local = way { true } else { false } }

    /// Runs `body` with the API that the options mean; what it used is closed afterwards.
    ///
    /// - Parameters:
    ///   - options: Where the API is.
    ///   - reach: What is to be asked for.
    ///   - body: What is asked of it.
    /// - Returns: What `body` does.
    /// - Throws: `CommandFailure`.
    @discardableResult
    static func with<Value>(
        _ options: some AdminAccess,
        _ reach: Reach = .work,
        _ body: (AdminSession) async throws -> Value
    ) async throws -> Value {
        let http = HTTPClient(configuration: HTTPClientConfiguration(proxy: .environment))
        let result: Result<Value, any Error>
        do {
            result = .success(try await run(options, reach, http, body))
        } catch {
            result = .failure(error)
        }
        await http.shutdown()
        return try result.get()
    }

    private static func run<Value>(
        _ options: some AdminAccess,
        _ reach: Reach,
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
        let api = try await api(settings, reach, redis, http)
        return try await body(AdminSession(way: .local(api, settings.redis)))
    }

    /// The API in this process. Services are asked from here; what takes a worker is done by one.
    private static func api(
        _ settings: Configuration,
        _ reach: Reach,
        _ redis: RedisClient,
        _ http: HTTPClient
    ) async throws(CommandFailure) -> AdminAPI {
        let logger = RedisAccess.silentLogger
        do {
            return try await AdminAPI(
                configuration: settings,
                redis: redis,
                audit: AuditTrail(redis: redis, file: settings.administration.auditFile, logger: logger),
                payload: { try JobPayload(settings.payload) },
                keyed: reach == .all ? try keyed(settings, redis, http) : nil,
                logger: logger
            )
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure(.usage, "\(error)")
        }
    }

    private static func keyed(
        _ settings: Configuration,
        _ redis: RedisClient,
        _ http: HTTPClient
    ) throws -> AdminAPI.KeyedParts {
        guard let addresses = AddressPolicy(allowedNetworks: settings.plugins.allowedNetworks) else {
            throw CommandFailure(.usage, "plugins.allowed_networks: expected networks such as 10.1.0.0/16")
        }
        return AdminAPI.KeyedParts(
            examiner: ServiceExaminer(addresses: addresses, transport: http, now: { WireTime.now.date }),
            trials: QueuedPluginWork(
                producer: JobProducer(
                    redis: redis,
                    durability: Durability(settings.redis.durability),
                    payload: try JobPayload(settings.payload)
                ),
                sealing: try settings.plugins.sealingKey(),
                language: settings.assistant.language
            )
        )
    }

    /// Who acts in this process, as records name them.
    private static var principal: Principal {
        Principal(subject: Principal.localPrefix + ProcessInfo.processInfo.userName, role: .admin)
    }

    /// Asks for one thing.
    ///
    /// - Parameters:
    ///   - method: As HTTP calls it.
    ///   - path: Below `/api/v1`, its parts not encoded.
    ///   - query: Parameters; those that are nil are left out.
    ///   - body: What is sent; nil for nothing.
    ///   - headers: By names in lower case.
    ///   - failures: What to say in place of the answer of some refusals, by their codes.
    /// - Returns: The answer's body; null where it has none.
    /// - Throws: `CommandFailure` where it was refused, or nobody answers.
    @discardableResult
    func ask(
        _ method: String = "GET",
        _ path: String...,
        query: [(String, String?)] = [],
        body: JSONValue? = nil,
        headers: [String: String] = [:],
        failures: [String: CommandFailure] = [:]
    ) async throws(CommandFailure) -> JSONValue {
        let response = try await respond(method, path, query, body, headers)
        try Self.check(response, failures)
        return response.body ?? .null
    }

    /// Asks for something that may not be there.
    ///
    /// - Parameters:
    ///   - method: As HTTP calls it.
    ///   - path: Below `/api/v1`, its parts not encoded.
    ///   - body: What is sent; nil for nothing.
    /// - Returns: The answer's body, null where it has none; nil where there is no such thing.
    /// - Throws: `CommandFailure` where it was refused otherwise, or nobody answers.
    func askIfThere(
        _ method: String = "GET",
        _ path: String...,
        body: JSONValue? = nil
    ) async throws(CommandFailure) -> JSONValue? {
        let response = try await respond(method, path, [], body, [:])
        if response.status == 404 { return nil }
        try Self.check(response, [:])
        return response.body ?? .null
    }

    /// All elements of a list, page by page.
    ///
    /// - Parameters:
    ///   - path: Below `/api/v1`.
    ///   - query: Parameters; those that are nil are left out.
    ///   - most: How many at most.
    ///   - failures: What to say in place of the answer of some refusals, by their codes.
    /// - Returns: The elements.
    /// - Throws: `CommandFailure` where it was refused, or nobody answers.
    func all(
        _ path: String...,
        query: [(String, String?)] = [],
        atMost most: Int = 10_000,
        failures: [String: CommandFailure] = [:]
    ) async throws(CommandFailure) -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            let part = [("limit", "\(min(most - items.count, 1_000))"), ("cursor", cursor)]
            let response = try await respond("GET", path, query + part, nil, [:])
            try Self.check(response, failures)
            items += response.body?["items"]?.array ?? []
            cursor = response.body?["next_cursor"]?.string
        } while cursor != nil && items.count < most
        return Array(items.prefix(most))
    }

    private func respond(
        _ method: String,
        _ path: [String],
        _ query: [(String, String?)],
        _ body: JSONValue?,
        _ headers: [String: String]
    ) async throws(CommandFailure) -> AdminResponse {
        var headers = headers
        if body != nil { headers["content-type"] = "application/json" }
        let request = AdminRequest(
            method: method,
            path: path,
            query: query.compactMap { name, value in value.map { (name, $0) } },
            headers: headers,
            body: body?.bytes ?? [],
            address: "local",
            requestID: Hex.encode(RandomBytes.generate(count: 8))
        )
        switch way {
        case .remote(let remote): return try await remote.respond(to: request)
        case .local(let api, let settings):
            do throws(RedisError) {
                return try await api.respond(to: request, locallyAs: Self.principal)
            } catch {
                throw RedisAccess.failure(error, settings)
            }
        }
    }

    /// Throws what there is to say of a refusal.
    private static func check(
        _ response: AdminResponse,
        _ failures: [String: CommandFailure]
    ) throws(CommandFailure) {
        guard response.status >= 400 else { return }
        throw response.body?["code"]?.string.flatMap { failures[$0] } ?? failure(response)
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
        switch response.body?["code"]?.string {
        case "no-payload-keys": return CommandFailure(.usage, text)
        default: return CommandFailure(response.status == 503 ? .unreachable : .failed, text)
        }
    }
}
