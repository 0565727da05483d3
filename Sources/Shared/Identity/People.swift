import JSON
import Redis

/// The people in Redis. Every change is made to the state that was read, or not at all.
struct People: Sendable {
    /// A person as they were read.
    struct Entry: Sendable {
        let name: String
        var person: Person
        /// What was in Redis; a change is only made to this.
        fileprivate let text: [UInt8]
    }

    private let redis: RedisClient
    private let keys: IdentityKeys

    init(_ redis: RedisClient) {
        self.redis = redis
        keys = IdentityKeys(redis)
    }

    /// Whether people may be called so. Bounds what a key is made of, too.
    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                    UInt8(ascii: "@"):
                    true
                default: false
                }
            }
    }

    /// - Throws: `.unavailable`.
    func find(_ name: String) async throws(IdentityError) -> Entry? {
        guard Self.isName(name) else { return nil }
        let reply = try await ask(RedisCommand("HGET", keys.people, name))
        guard !reply.isNull else { return nil }
        return try entry(name, reply)
    }

    /// Everybody, in the order of their names.
    ///
    /// - Throws: `.unavailable`.
    func all() async throws(IdentityError) -> [Entry] {
        let replies = try await ask(RedisCommand("HGETALL", keys.people)).array ?? []
        var entries: [Entry] = []
        for index in stride(from: 0, to: replies.count - 1, by: 2) {
            entries.append(try entry(replies[index].string ?? "", replies[index + 1]))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Adds somebody.
    ///
    /// - Throws: `.nameTaken`, `.unavailable`.
    func add(_ name: String, _ person: Person) async throws(IdentityError) {
        guard try await swap(name, from: [], to: try Self.text(of: person)) else { throw .nameTaken }
    }

    /// Changes somebody, from the state that is there; tried again where somebody else was faster.
    ///
    /// - Parameters:
    ///   - name: Whom.
    ///   - change: What is to be; what it throws ends the change.
    /// - Returns: What `change` returned for the state that was changed.
    /// - Throws: `.unknownPerson`, `.unavailable`, what `change` throws.
    func change<Value>(
        _ name: String,
        _ change: (inout Person) throws(IdentityError) -> Value
    ) async throws(IdentityError) -> Value {
        for _ in 0..<100 {
            guard var entry = try await find(name) else { throw .unknownPerson }
            let value = try change(&entry.person)
            if try await swap(name, from: entry.text, to: try Self.text(of: entry.person)) { return value }
        }
        throw .unavailable
    }

    /// - Returns: Whether there was such a person.
    /// - Throws: `.unavailable`.
    func remove(_ name: String) async throws(IdentityError) -> Bool {
        try await ask(RedisCommand("HDEL", keys.people, name)).integer == 1
    }

    private func swap(_ name: String, from old: [UInt8], to new: [UInt8]) async throws(IdentityError) -> Bool {
        do {
            return try await redis.evaluate(Self.swapScript, keys: [keys.people], arguments: [name, old, new]).integer
                == 1
        } catch {
            throw .unavailable
        }
    }

    private func ask(_ command: RedisCommand) async throws(IdentityError) -> RedisReply {
        do {
            return try await redis.send(command)
        } catch {
            throw .unavailable
        }
    }

    private func entry(_ name: String, _ reply: RedisReply) throws(IdentityError) -> Entry {
        guard let text = reply.bytes,
            let person = try? JSONTape.decode(Person.self, from: text, in: text.indices)
        else {
            throw .unavailable
        }
        return Entry(name: name, person: person, text: text)
    }

    private static func text(of person: Person) throws(IdentityError) -> [UInt8] {
        guard let value = try? JSONTreeEncoder.value(of: person) else { throw .unavailable }
        return value.bytes
    }

    /// Puts a new state in the place of the one that was read.
    ///
    /// KEYS: people. ARGV: name, the state that was read ('' for none), the new one. Replies 1, or 0 where it is
    /// another by now.
    private static let swapScript = RedisScript(
        name: "identity-swap",
        source: """
            if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
            redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
            return 1
            """
    )
}
