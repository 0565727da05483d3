import Redis

/// What questions about meetings are answered from.
///
/// Beside what is kept of minutes, a string for each message that has to do with them, `assistant:{<app>:<message>}:minutes`:
/// the task that began them.
extension RedisMinutesStore {
    /// Throws `RedisError`. One round trip.
    package func keepMessage(_ messageID: String, of id: MinutesID) async throws {
        _ = try await redis.send(RedisCommand("SET", key(ofMessage: messageID, id.appID), id.task, "EX", Self.memory))
    }

    /// Throws `RedisError`. One round trip.
    package func minutes(shownIn messageID: String, ofApp appID: String) async throws -> MinutesID? {
        let task = try await redis.send(RedisCommand("GET", key(ofMessage: messageID, appID))).string
        return task.map { MinutesID(appID: appID, task: $0) }
    }

    /// Throws `RedisError`. One round trip.
    package func latest(
        inChat chatID: String,
        ofApp appID: String,
        since time: Int64,
        atMost count: Int
    ) async throws -> [MinutesID] {
        guard count > 0 else { return [] }
        let key = key(ofChat: chatID, appID)
        let command = RedisCommand("ZRANGE", key, "+inf", time, "BYSCORE", "REV", "LIMIT", 0, count)
        let tasks = try await redis.send(command).array ?? []
        return tasks.compactMap(\.string).map { MinutesID(appID: appID, task: $0) }
    }

    /// Throws `RedisError`. Two round trips.
    package func removeAll(ofChat chatID: String, inApp appID: String) async throws {
        let index = key(ofChat: chatID, appID)
        let tasks = try await redis.send(RedisCommand("ZRANGE", index, 0, -1)).array ?? []
        let hashes = tasks.compactMap(\.string).map { key(MinutesID(appID: appID, task: $0)) }
        // Each has a slot of its own on a Cluster.
        for reply in try await redis.send(pipeline: (hashes + [index]).map { RedisCommand("UNLINK", $0) }) {
            _ = try reply.get()
        }
    }

    /// Throws `RedisError`. One round trip.
    package func kept(_ id: MinutesID) async throws -> KeptMinutes? {
        let command = RedisCommand("HMGET", key(id), "request", "transcript", "minutes", "document")
        let fields = try await redis.send(command)
        guard let request: MinutesRequest = Self.decoded(fields[0]?.bytes), let transcript = fields[1]?.string else {
            return nil
        }
        return KeptMinutes(
            id: id,
            request: request,
            transcript: transcript,
            minutes: Self.decoded(fields[2]?.bytes),
            document: Self.decoded(fields[3]?.bytes)
        )
    }

    private func key(ofMessage messageID: String, _ appID: String) -> String {
        redis.key("assistant:{\(appID):\(messageID)}:minutes")
    }
}
