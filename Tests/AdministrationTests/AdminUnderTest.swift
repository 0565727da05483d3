import Administration
import Cryptography
import Identity
import JSON
import JobPayload
import JobQueue
import Logging
import Platform
import Plugins
import Redis
import TestSupport
import Testing

/// The admin API over a real Redis, with a person who has a second step.
struct AdminUnderTest {
    static let secret = "a secret of the tests that is long enough"
    static let person = "ada"
    static let password = "correct horse battery staple"

    let api: AdminAPI
    let redis: RedisClient
    let audit = MemoryAuditLog()
    let totp: TOTP
    let accounts: Accounts
    private let keys: TokenKeys

    /// Runs `body` with an API whose tokens a secret signs, or a private key where one is given. `now` is its clock, in
    /// milliseconds since 1970.
    static func with(
        _ settings: [String: String] = [:],
        signing: KeyFiles? = nil,
        now: @escaping @Sendable () -> Int64 = { WireTime.now.milliseconds },
        _ body: (AdminUnderTest) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: silence)
            defer { redis.close() }
            let keys = if let signing { signing.keys } else { try await TokenKeys(secret: Secret(secret)) }
            let settings = settings.merging(signing?.settings ?? [:]) { $1 }
            try await body(
                try await AdminUnderTest(settings, keys: keys, server: server, redis: redis, logger: silence, now: now)
            )
        }
    }

    private init(
        _ settings: [String: String],
        keys: TokenKeys,
        server: RedisServer,
        redis: RedisClient,
        logger: Logger,
        now clock: @escaping @Sendable () -> Int64
    ) async throws {
        let environment = [
            "REDIS_URL": server.url, "JWT_SECRET": Self.secret, "FEISHU_APP_ID": "cli_0123456789abcdef",
            "PLUGINS_KEY": String(repeating: "0f", count: 32),
        ].merging(settings) { $1 }
        let configuration = try Configuration.load(from: ConfigurationInput(environment: environment))
        let plugins = NoPlugins()
        self.redis = redis
        self.keys = keys
        api = try await AdminAPI(
            configuration: configuration,
            redis: redis,
            audit: audit,
            payload: { try JobPayload(keysFile: nil, compressingOver: 0, storingAsideOver: 0) },
            keyed: .init(examiner: plugins, trials: plugins),
            logger: logger,
            now: clock
        )
        let tokens = try await Self.authority(redis, keys: keys)
        accounts = Accounts(redis: redis, hashing: PasswordHashing(), tokens: tokens)
        try await accounts.add(Self.person, password: Self.password, role: .admin)
        let now = clock()
        let secondStep = SecondStep(
            redis: redis,
            sealing: try SealingKey(Secret(String(repeating: "0f", count: 32))),
            issuer: "test",
            now: { now }
        )
        let enrolment = try await secondStep.begin(Self.person)
        totp = Self.device(enrolment.secret.value)
        // The code of the step before: that of now is left for the tests.
        _ = try await secondStep.confirm(Self.person, code: totp.code(at: now - 30_000))
    }

    /// A device into which a secret was typed, in Base32 (RFC 4648, section 6).
    static func device(_ text: String) -> TOTP {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bits = 0
        var count = 0
        var bytes: [UInt8] = []
        for letter in text {
            guard let value = alphabet.firstIndex(of: letter) else { continue }
            bits = (bits << 5 | value) & 0xFFF
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return TOTP(secret: bytes)
    }

    /// What issues and checks tokens as the API does, but for what is said otherwise.
    static func authority(
        _ redis: RedisClient,
        keys: TokenKeys? = nil,
        issuer: String = "ai-assistant",
        audience: String = "ai-assistant-admin",
        ahead: Int64 = 0
    ) async throws -> TokenAuthority {
        let known = if let keys { keys } else { try await TokenKeys(secret: Secret(secret)) }
        return TokenAuthority(
            keys: known,
            issuer: issuer,
            audience: audience,
            redis: redis,
            now: { WireTime.now.milliseconds + ahead }
        )
    }

    func token(_ role: Role, of subject: String = "robot") async throws -> String {
        try await Self.authority(redis, keys: keys).issue(subject: subject, role: role, lifetime: .seconds(600)).token
            .value
    }

    func ask(
        _ method: String,
        _ path: String,
        token: String? = nil,
        headers: [String: String] = [:],
        body: JSONValue? = nil
    ) async -> AdminResponse {
        var headers = headers
        if let token { headers["authorization"] = "Bearer \(token)" }
        if body != nil { headers["content-type"] = "application/json" }
        let parts = path.split(separator: "?", maxSplits: 1)
        return await api.respond(
            to: AdminRequest(
                method: method,
                path: parts[0].split(separator: "/").map(String.init),
                query: parts.count < 2
                    ? []
                    : parts[1].split(separator: "&").map { pair in
                        let words = pair.split(separator: "=", maxSplits: 1).map(String.init)
                        return (words[0], words.count > 1 ? words[1] : "")
                    },
                headers: headers,
                body: body?.bytes ?? [],
                address: "192.0.2.1",
                requestID: "request-1"
            )
        )
    }
}

/// No service answers, and nothing is tried.
private struct NoPlugins: PluginExaminer, PluginTrials {
    struct Nobody: Error {}

    func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue) {
        throw Nobody()
    }
    func call(_ name: PluginName, message: String) async throws -> JSONValue { ["reply_message": "hello"] }
}
