package import Redis

/// Where the tasks of all queues are, counted in one atomic step.
package struct QueueCensus: Sendable, Equatable, CustomStringConvertible {
    package var ready = 0
    package var inFlight = 0
    /// Waiting for their ordering key.
    package var parked = 0
    /// Ordering keys that some task holds.
    package var lanes = 0
    package var scheduled = 0
    package var dead = 0
    /// Registered workers, counted once per queue they take from.
    package var workers = 0

    /// Whether nothing waits and nothing runs. What is dead is another question.
    package var isIdle: Bool { ready + inFlight + parked + lanes + scheduled == 0 }

    package var description: String {
        "ready \(ready), in flight \(inFlight), parked \(parked), lanes \(lanes), scheduled \(scheduled), dead \(dead), workers \(workers)"
    }

    private static let script = """
        local ready, flying, parked, lanes, scheduled, dead, workers = 0, 0, 0, 0, 0, 0, 0
        for index = 2, #ARGV do
          local queue = ARGV[index]
          local tag = '{' .. queue .. '}:'
          ready = ready + redis.call('LLEN', queue)
          scheduled = scheduled + redis.call('ZCARD', tag .. 'scheduled')
          dead = dead + redis.call('LLEN', tag .. 'dead')
          workers = workers + redis.call('ZCARD', tag .. 'workers')
          for _, count in ipairs(redis.call('HVALS', tag .. 'lanes')) do parked = parked + tonumber(count) end
          if ARGV[1] == '1' then
            lanes = lanes + #redis.call('KEYS', tag .. 'lane:*')
            for _, key in ipairs(redis.call('KEYS', tag .. 'inflight:*')) do
              flying = flying + redis.call('HLEN', key)
            end
          else
            for _, worker in ipairs(redis.call('ZRANGE', tag .. 'workers', 0, -1)) do
              flying = flying + redis.call('HLEN', tag .. 'inflight:' .. worker)
            end
          end
        end
        return {ready, flying, parked, lanes, scheduled, dead, workers}
        """

    package init(
        ready: Int = 0,
        inFlight: Int = 0,
        parked: Int = 0,
        lanes: Int = 0,
        scheduled: Int = 0,
        dead: Int = 0,
        workers: Int = 0
    ) {
        self.ready = ready
        self.inFlight = inFlight
        self.parked = parked
        self.lanes = lanes
        self.scheduled = scheduled
        self.dead = dead
        self.workers = workers
    }

    /// Counts; with `strays` also the tasks in the hands of workers that are not registered (there must be none), which
    /// walks through all keys.
    package static func take(
        _ redis: RedisClient,
        strays: Bool,
        queues: [String] = ["interactive", "minutes", "background"]
    ) async throws -> QueueCensus {
        let arguments: [any RedisArgument] = [script, 0, strays ? 1 : 0]
        let reply = try await redis.send(RedisCommand("EVAL", arguments: arguments + queues))
        let counts = (0..<7).map { Int(reply[$0]?.integer ?? -1) }
        return QueueCensus(
            ready: counts[0],
            inFlight: counts[1],
            parked: counts[2],
            lanes: counts[3],
            scheduled: counts[4],
            dead: counts[5],
            workers: counts[6]
        )
    }
}
