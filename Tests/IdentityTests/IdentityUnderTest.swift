import Cryptography
import Logging
import NIOConcurrencyHelpers
import Redis
import TestSupport

@testable import Identity

/// All of identity over a Redis of its own, at a time that the test sets.
struct IdentityUnderTest: Sendable {
    static let secret = Secret(String(repeating: "k", count: 32))
    static let password = "correct horse battery"

    let server: RedisServer
    let redis: RedisClient
    /// Milliseconds since 1970.
    let time: NIOLockedValueBox<Int64>
    let tokens: TokenAuthority
    let accounts: Accounts
    let secondStep: SecondStep
    let signIn: SignIn
    let stepUp: StepUp

    /// Runs `body` with everything set up under HS256, unless other keys are given.
    static func with(
        keys: TokenKeys? = nil,
        hashing: PasswordHashing = IdentityUnderTest.cheapHashing(),
        _ body: (IdentityUnderTest) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            var configuration = try RedisConfiguration(url: server.url)
            configuration.keyPrefix = "test:"
            let redis = try RedisClient(configuration: configuration, logger: .silent)
            defer { redis.close() }
            let keys = if let keys { keys } else { try await TokenKeys(secret: secret) }
            try await body(
                IdentityUnderTest(
                    server: server,
                    redis: redis,
                    keys: keys,
                    hashing: hashing,
                    sealing: try SealingKey(Secret(String(repeating: "ab", count: 32)))
                )
            )
        }
    }

    init(server: RedisServer, redis: RedisClient, keys: TokenKeys, hashing: PasswordHashing, sealing: SealingKey?) {
        let time = NIOLockedValueBox<Int64>(1_764_200_000_000)
        let now: @Sendable () -> Int64 = { time.withLockedValue { $0 } }
        self.server = server
        self.redis = redis
        self.time = time
        tokens = TokenAuthority(keys: keys, issuer: "issuer", audience: "audience", redis: redis, now: now)
        accounts = Accounts(redis: redis, hashing: hashing, tokens: tokens)
        secondStep = SecondStep(redis: redis, sealing: sealing, issuer: "AI Assistant", now: now)
        signIn = SignIn(
            redis: redis,
            hashing: hashing,
            secondStep: secondStep,
            tokens: tokens,
            accessLifetime: .seconds(900),
            refreshLifetime: .seconds(28_800)
        )
        stepUp = StepUp(tokens: tokens, secondStep: secondStep, lifetime: .seconds(300))
    }

    /// Hashes that cost next to nothing.
    static func cheapHashing(exponent: Int = 4, capacity: Int = 100) -> PasswordHashing {
        PasswordHashing(
            parameters: Scrypt.Parameters(costExponent: exponent, blockSize: 8, parallelism: 1) ?? .standard,
            capacity: capacity
        )
    }

    func advance(seconds: Int64) { time.withLockedValue { $0 += seconds * 1_000 } }

    /// The code that a device with this secret shows, so many steps from now.
    func code(_ enrolment: SecondStep.Enrolment, step: Int64 = 0) throws -> String {
        let totp = TOTP(secret: try base32Decoded(enrolment.secret.value))
        return totp.code(at: time.withLockedValue { $0 } + step * 30_000)
    }

    /// Adds somebody with a second step that is set up.
    @discardableResult
    func addPerson(
        _ name: String,
        role: Role = .admin
    ) async throws -> (enrolment: SecondStep.Enrolment, recovery: [Secret]) {
        try await accounts.add(name, password: Self.password, role: role)
        let enrolment = try await secondStep.begin(name)
        let codes = try await secondStep.confirm(name, code: try code(enrolment))
        advance(seconds: 60)
        return (enrolment, codes)
    }
}

/// The error that `body` throws, or nil.
func refusal<Failure: Error>(_ body: () async throws(Failure) -> some Any) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}

/// As a device reads what was typed into it.
func base32Decoded(_ text: String) throws -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var (bytes, group, held): ([UInt8], UInt32, Int) = ([], 0, 0)
    for character in text {
        guard let value = alphabet.firstIndex(of: character) else { throw CryptographyError.badEncoding }
        group = group << 5 | UInt32(value)
        held += 5
        if held >= 8 {
            held -= 8
            bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(held)))
        }
    }
    return bytes
}
