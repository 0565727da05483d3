import Cryptography
import FoundationEssentials
import JobQueue
package import Redis

/// The shelves of all chats, in Redis, where every worker sees them.
///
/// Two hashes for each, `assistant:{<app>:<chat>}:shelf` and `…:shelf:texts`, from an id that is derived from the file's
/// name: to `<until> <bytes> <JSON>`, and to the file's text. They are gone when the last file is over.
package struct RedisShelves: Sendable {
    /// What came of a wish to remember a file.
    package enum Keeping: String, Sendable {
        case kept
        /// The chat has as many files as it may.
        case tooMany = "many"
        /// There is no room for a text of this length.
        case tooLarge = "large"
    }

    package let bounds: ShelfBounds
    private let redis: RedisClient
    /// Milliseconds since 1970.
    private let now: @Sendable () -> Int64

    package init(redis: RedisClient, bounds: ShelfBounds = ShelfBounds(), now: @escaping @Sendable () -> Int64) {
        self.redis = redis
        self.bounds = bounds
        self.now = now
    }

    /// Keeps a file's text, in place of one of its name. What is over goes first.
    ///
    /// - Throws: `RedisError`. One round trip.
    func keep(_ text: String, named name: String, from messageID: String, on shelf: Shelf) async throws -> Keeping {
        let bytes = text.utf8.count
        let until = now() + bounds.life.milliseconds
        let document = ShelfDocument(name: name, messageID: messageID, until: until, bytes: bytes)
        let value = Array("\(until) \(bytes) ".utf8) + Array(try JSONEncoder().encode(document))
        let reply = try await redis.evaluate(
            Self.keeping,
            keys: [key(shelf), textsKey(shelf)],
            arguments: [
                Self.id(of: name), value, text, now(), bytes, bounds.documents, bounds.bytes,
                bounds.life.milliseconds / 1_000,
            ]
        )
        return reply.string.flatMap(Keeping.init) ?? .tooLarge
    }

    /// The files of a shelf by their ids, those that are over left out.
    ///
    /// - Throws: `RedisError`. One round trip.
    func documents(on shelf: Shelf) async throws -> [String: ShelfDocument] {
        let reply = try await redis.send(RedisCommand("HGETALL", key(shelf))).array ?? []
        var documents: [String: ShelfDocument] = [:]
        for pair in stride(from: 0, to: reply.count - 1, by: 2) {
            guard let id = reply[pair].string, let value = reply[pair + 1].bytes, let document = Self.document(value),
                document.until > now()
            else { continue }
            documents[id] = document
        }
        return documents
    }

    /// The texts of files, by their ids; one that is gone is missing.
    ///
    /// - Throws: `RedisError`. One round trip.
    func texts(of ids: [String], on shelf: Shelf) async throws -> [String: String] {
        guard !ids.isEmpty else { return [:] }
        let reply = try await redis.send(RedisCommand("HMGET", arguments: [textsKey(shelf)] + ids))
        var texts: [String: String] = [:]
        for (id, text) in zip(ids, reply.array ?? []) { texts[id] = text.string }
        return texts
    }

    /// Forgets files; how many there were.
    ///
    /// - Throws: `RedisError`. One round trip.
    @discardableResult
    func remove(_ names: [String], from shelf: Shelf) async throws -> Int {
        guard !names.isEmpty else { return 0 }
        let ids = names.map(Self.id)
        let replies = try await redis.send(pipeline: [
            RedisCommand("HDEL", arguments: [key(shelf)] + ids),
            RedisCommand("HDEL", arguments: [textsKey(shelf)] + ids),
        ])
        _ = try replies[1].get()
        return Int(try replies[0].get().integer ?? 0)
    }

    /// Forgets all of a chat.
    ///
    /// - Throws: `RedisError`. One round trip.
    func removeAll(from shelf: Shelf) async throws {
        _ = try await redis.send(RedisCommand("DEL", key(shelf), textsKey(shelf)))
    }

    // MARK: The file that somebody sent last

    /// How long `/remember` finds a file that was sent before it: seconds.
    private static let reach = 3_600

    /// Notes a file that somebody sent.
    ///
    /// - Throws: `RedisError`. One round trip.
    func noteSent(_ file: SentFile, by userID: String, on shelf: Shelf) async throws {
        let value = String(decoding: try JSONEncoder().encode(file), as: UTF8.self)
        _ = try await redis.send(RedisCommand("SET", sentKey(userID, shelf), value, "EX", Self.reach))
    }

    /// The file that somebody sent last; nil where that is more than an hour ago.
    ///
    /// - Throws: `RedisError`. One round trip.
    func lastSent(by userID: String, on shelf: Shelf) async throws -> SentFile? {
        try await redis.send(RedisCommand("GET", sentKey(userID, shelf))).bytes
            .flatMap { try? JSONDecoder().decode(SentFile.self, from: Data($0)) }
    }

    private func key(_ shelf: Shelf) -> String { redis.key(shelf.key) }
    private func textsKey(_ shelf: Shelf) -> String { "\(key(shelf)):texts" }
    private func sentKey(_ userID: String, _ shelf: Shelf) -> String { "\(key(shelf)):sent:\(userID)" }

    private static func id(of name: String) -> String { Hex.encode(Array(SHA256.hash(Array(name.utf8)).prefix(16))) }

    private static func document(_ value: [UInt8]) -> ShelfDocument? {
        guard let start = value.firstIndex(of: UInt8(ascii: "{")) else { return nil }
        return try? JSONDecoder().decode(ShelfDocument.self, from: Data(value[start...]))
    }

    /// KEYS: the shelf's hash, that of its texts. ARGV: id, value, text, now (ms), bytes of the text, how many files there
    /// may be, how many bytes in all, life in seconds. Replies `kept`, `many` or `large`.
    private static let keeping = RedisScript(
        name: "shelf-keep",
        source: """
            local count, used = 0, 0
            local all = redis.call('HGETALL', KEYS[1])
            for place = 1, #all, 2 do
                local ends, bytes = string.match(all[place + 1], '^(%d+) (%d+) ')
                if not ends or tonumber(ends) <= tonumber(ARGV[4]) then
                    redis.call('HDEL', KEYS[1], all[place])
                    redis.call('HDEL', KEYS[2], all[place])
                elseif all[place] ~= ARGV[1] then
                    count = count + 1
                    used = used + tonumber(bytes)
                end
            end
            if count >= tonumber(ARGV[6]) then return 'many' end
            if used + tonumber(ARGV[5]) > tonumber(ARGV[7]) then return 'large' end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
            redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
            redis.call('EXPIRE', KEYS[1], ARGV[8])
            redis.call('EXPIRE', KEYS[2], ARGV[8])
            return 'kept'
            """
    )
}

/// A file of a message, as it is downloaded.
package struct SentFile: Codable, Sendable, Equatable {
    package let messageID: String
    package let attachment: MessageAttachment

    package init(messageID: String, attachment: MessageAttachment) {
        self.messageID = messageID
        self.attachment = attachment
    }

    enum CodingKeys: String, CodingKey {
        case attachment
        case messageID = "message_id"
    }
}
