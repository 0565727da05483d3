import Redis

/// Makes guessing slow: after some failures whoever guesses has to wait, and twice as long after each more.
///
/// A guess is counted as failed before it is looked at, in the step that asks whether one may guess at all, so guesses
/// in parallel get no more tries than guesses one after the other. One that was right is taken back.
struct Lockout: Sendable {
    /// How many guesses are free.
    static let freeGuesses = 5
    /// The first wait and the longest, in milliseconds.
    private static let (firstWait, longestWait): (Int64, Int64) = (1_000, 900_000)
    /// For how long failures are remembered after the last, in milliseconds.
    private static let memory: Int64 = 3_600_000

    private let redis: RedisClient
    private let keys: IdentityKeys
    private let now: @Sendable () -> Int64

    init(_ redis: RedisClient, now: @escaping @Sendable () -> Int64) {
        self.redis = redis
        self.now = now
        keys = IdentityKeys(redis)
    }

    /// Counts a guess at all of these.
    ///
    /// - Throws: `.lockedOut` where one of them is locked, and then nothing is counted; `.unavailable`.
    func count(_ things: [GuessedThing]) async throws(IdentityError) {
        var arguments: RedisArguments = [things.count, now(), Self.freeGuesses]
        for number in [Self.firstWait, Self.longestWait, Self.memory] { arguments.append(number) }
        let reply = try await run(Self.countScript, things, arguments)
        guard let wait = reply.integer else { throw .unavailable }
        // Whole seconds, as a `Retry-After` says them, and never too few.
        guard wait == 0 else { throw .lockedOut(retryAfter: .seconds((wait + 999) / 1_000)) }
    }

    /// Takes back what ``count(_:)`` counted, since it was no wrong guess.
    ///
    /// - Throws: `.unavailable`.
    func takeBack(_ things: [GuessedThing]) async throws(IdentityError) {
        _ = try await run(Self.takeBackScript, things, [things.count, Self.freeGuesses])
    }

    /// Forgets all failures: the right one was here.
    ///
    /// - Throws: `.unavailable`.
    func clear(_ thing: GuessedThing) async throws(IdentityError) {
        do {
            _ = try await redis.send(RedisCommand("DEL", keys.attempts(thing)))
        } catch {
            throw .unavailable
        }
    }

    private func run(
        _ script: RedisScript,
        _ things: [GuessedThing],
        _ arguments: RedisArguments
    ) async throws(IdentityError) -> RedisReply {
        var names = RedisArguments()
        for thing in things { names.append(keys.attempts(thing)) }
        do {
            return try await redis.evaluate(script, keys: names, arguments: arguments)
        } catch {
            throw .unavailable
        }
    }

    /// Counts a guess unless one has to wait.
    ///
    /// KEYS: attempts, one or several (in a Cluster one more follows). ARGV: how many, now (ms), how many guesses are
    /// free, the first wait, the longest, for how long all is remembered (ms). Replies 0, or how long to wait (ms).
    private static let countScript = RedisScript(
        name: "identity-count-guess",
        source: """
            local now, longest = tonumber(ARGV[2]), tonumber(ARGV[5])
            local wait = 0
            for at = 1, tonumber(ARGV[1]) do
              local over = tonumber(redis.call('HGET', KEYS[at], 'until')) or 0
              -- Never longer than the longest, also where a clock was set back.
              wait = math.max(wait, math.min(over - now, longest))
            end
            if wait > 0 then return wait end
            for at = 1, tonumber(ARGV[1]) do
              local failures = redis.call('HINCRBY', KEYS[at], 'failures', 1)
              local more = failures - tonumber(ARGV[3])
              if more >= 0 then
                local pause = math.min(longest, tonumber(ARGV[4]) * 2 ^ math.min(more, 30))
                redis.call('HSET', KEYS[at], 'until', string.format('%.0f', now + pause))
              end
              redis.call('PEXPIRE', KEYS[at], ARGV[6])
            end
            return 0
            """
    )

    /// Takes one guess back from each.
    ///
    /// KEYS: attempts, as above. ARGV: how many, how many guesses are free. Replies 1.
    private static let takeBackScript = RedisScript(
        name: "identity-take-back-guess",
        source: """
            for at = 1, tonumber(ARGV[1]) do
              local failures = redis.call('HINCRBY', KEYS[at], 'failures', -1)
              if failures <= 0 then
                redis.call('DEL', KEYS[at])
              elseif failures < tonumber(ARGV[2]) then
                redis.call('HDEL', KEYS[at], 'until')
              end
            end
            return 1
            """
    )
}
