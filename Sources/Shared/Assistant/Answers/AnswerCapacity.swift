package import JobQueue
package import Logging
package import Redis
import ServiceLifecycle

/// Keeps places free for what must not wait behind answers: the events that bring questions, and stops.
///
/// An answer takes as long as a model writes. Were all places of all workers taken by answers, nobody would see that
/// the next question came, and nobody could stop one. So answers together may have as many places as the workers have,
/// less a few of each: a limit of the queue, which the workers keep up to date as they come and go.
package struct AnswerCapacity: Service {
    /// The limit that each answer counts for.
    package static let limit = LimitName(plain: "answers")
    private static let every: Duration = .seconds(2)
    /// How long a worker counts that has not been heard of.
    private static let life: Duration = .seconds(10)

    private let concurrency: @Sendable () -> Int
    private let worker: String
    private let redis: RedisClient
    private let logger: Logger

    /// - Parameters:
    ///   - concurrency: The places that this worker has, or may have where it scales itself.
    ///   - worker: Names it among all.
    ///   - redis: The client.
    ///   - logger: The logger.
    package init(concurrency: @escaping @Sendable () -> Int, worker: String, redis: RedisClient, logger: Logger) {
        self.concurrency = concurrency
        self.worker = worker
        self.redis = redis
        self.logger = logger
    }

    /// Runs until graceful shutdown.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var known: Int?
            while !Task.isCancelled {
                known = await self.update(known)
                // Ends early only by cancellation, which the loop sees.
                try? await Task.sleep(for: Self.every * Double.random(in: 0.8...1.2))
            }
        }
    }

    private var places: Int {
        let concurrency = concurrency()
        return concurrency - min(max(4, concurrency / 10), concurrency / 2)
    }

    private func update(_ known: Int?) async -> Int? {
        do {
            let reply = try await redis.evaluate(
                Self.script,
                keys: [redis.keys(of: AnswerJob.queue).prefix + "answer-places"],
                arguments: [worker, places, Self.life.milliseconds]
            )
            guard let sum = reply.integer.map({ Int($0) }), sum != known else { return known }
            try await QueueLimits(redis: redis).set(QueueLimit(concurrency: sum), for: Self.limit, in: AnswerJob.queue)
            logger.info("answers may take so many places", metadata: ["places": "\(sum)"])
            return sum
        } catch {
            logger.warning("places for answers are not up to date", metadata: ["error": "\(error)"])
            return known
        }
    }

    /// Notes the places of a worker and adds up those of all that were heard of lately.
    ///
    /// KEYS: a hash of the queue, worker to `<places>:<until (ms)>`. ARGV: worker, its places, how long it counts (ms).
    /// Replies the sum.
    private static let script = RedisScript(
        name: "answerplaces",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ':' .. (now + ARGV[3]))
            redis.call('PEXPIRE', KEYS[1], ARGV[3])
            local all, sum = redis.call('HGETALL', KEYS[1]), 0
            for index = 1, #all, 2 do
              local places, last = string.match(all[index + 1], '^(%d+):(%d+)$')
              if last and tonumber(last) >= now then
                sum = sum + places
              else
                redis.call('HDEL', KEYS[1], all[index])
              end
            end
            return sum
            """
    )
}
