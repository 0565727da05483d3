package import Redis

/// Minutes of somebody's meetings come to a chat by themselves.
package struct AutoMinutesSubscription: Sendable, Hashable {
    /// Open id of who hosts or owns the meetings.
    package let personID: String
    package let chatID: String

    package init(personID: String, chatID: String) {
        self.personID = personID
        self.chatID = chatID
    }
}

/// Who gets minutes after their meetings, and where: in Redis, one hash an app, `assistant:{<app>}:auto-minutes`, from the open
/// id of a person to the ids of chats, with blanks between them. It is kept until people change it.
package struct RedisAutoMinutes: Sendable {
    /// The most chats that one person's meetings come to.
    static let most = 20

    private let redis: RedisClient

    package init(redis: RedisClient) { self.redis = redis }

    /// Notes it, once.
    ///
    /// - Parameters:
    ///   - subscription: Whose meetings, and where.
    ///   - appID: Of the bot.
    /// - Returns: Whether it is kept: not where the person has as many chats as one may.
    /// - Throws: `RedisError`. One round trip.
    package func turnOn(_ subscription: AutoMinutesSubscription, inApp appID: String) async throws -> Bool {
        try await change(subscription, "on", appID)
    }

    /// Forgets it, where it is known.
    ///
    /// - Parameters:
    ///   - subscription: Whose meetings, and where.
    ///   - appID: Of the bot.
    /// - Throws: `RedisError`. One round trip.
    package func turnOff(_ subscription: AutoMinutesSubscription, inApp appID: String) async throws {
        _ = try await change(subscription, "off", appID)
    }

    /// The chats that meetings of these people come to, each once.
    ///
    /// - Parameters:
    ///   - people: Open ids.
    ///   - appID: Of the bot.
    /// - Returns: Of several people for one chat the first in the list.
    /// - Throws: `RedisError`. One round trip.
    package func subscriptions(of people: [String], inApp appID: String) async throws -> [AutoMinutesSubscription] {
        guard !people.isEmpty else { return [] }
        let reply = try await redis.send(RedisCommand("HMGET", arguments: [key(appID)] + people)).array ?? []
        var known: Set<String> = []
        return zip(people, reply).flatMap { person, chats in
            Self.chats(chats.string).filter { known.insert($0).inserted }
                .map { AutoMinutesSubscription(personID: person, chatID: $0) }
        }
    }

    /// Whether anybody gets them.
    ///
    /// - Parameter appID: Of the bot.
    /// - Returns: Whether there is a subscription at all.
    /// - Throws: `RedisError`. One round trip.
    package func isUsed(inApp appID: String) async throws -> Bool {
        try await redis.send(RedisCommand("EXISTS", key(appID))).integer == 1
    }

    /// Forgets a chat, whoever has minutes come there.
    ///
    /// - Parameters:
    ///   - chatID: The chat.
    ///   - appID: Of the bot.
    /// - Throws: `RedisError`. One round trip, and one for each person.
    package func removeAll(ofChat chatID: String, inApp appID: String) async throws {
        let all = try await redis.send(RedisCommand("HGETALL", key(appID))).array ?? []
        for place in stride(from: 0, to: all.count - 1, by: 2) {
            guard let person = all[place].string, Self.chats(all[place + 1].string).contains(chatID) else { continue }
            try await turnOff(AutoMinutesSubscription(personID: person, chatID: chatID), inApp: appID)
        }
    }

    private func change(_ subscription: AutoMinutesSubscription, _ state: String, _ appID: String) async throws -> Bool
    {
        let reply = try await redis.evaluate(
            Self.changing,
            keys: [key(appID)],
            arguments: [subscription.personID, subscription.chatID, state, Self.most]
        )
        return reply.integer == 1
    }

    private static func chats(_ value: String?) -> [String] {
        value?.split(separator: " ").map(String.init) ?? []
    }

    private func key(_ appID: String) -> String { redis.key("assistant:{\(appID)}:auto-minutes") }

    /// KEYS: the app's hash. ARGV: person, chat, `on` or `off`, how many chats a person may have. Replies 1, or 0 where there
    /// would be more.
    private static let changing = RedisScript(
        name: "auto-minutes-change",
        source: """
            local chats = {}
            for chat in string.gmatch(redis.call('HGET', KEYS[1], ARGV[1]) or '', '%S+') do
                if chat ~= ARGV[2] then chats[#chats + 1] = chat end
            end
            if ARGV[3] == 'on' then
                if #chats >= tonumber(ARGV[4]) then return 0 end
                chats[#chats + 1] = ARGV[2]
            end
            if #chats == 0 then
                redis.call('HDEL', KEYS[1], ARGV[1])
            else
                redis.call('HSET', KEYS[1], ARGV[1], table.concat(chats, ' '))
            end
            return 1
            """
    )
}
