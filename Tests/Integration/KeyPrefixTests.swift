import Redis
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("A prefix of all names in Redis")
    struct KeyPrefixTests {
        @Test("the assistant answers, remembers, reminds and counts with an account that may use its own names only")
        func confined() async throws {
            var options = AssistantSystem.Options()
            options.redis = ["--user", "default", "on", "nopass", "~app1:*", "resetchannels", "&app1:*", "+@all"]
            options.settings = ["REDIS_KEY_PREFIX": "app1:"]
            try await AssistantSystem.with(options) { system in
                for text in ["What can you do?", "remind me in 1 hour to call Bob", "/usage", "/status", "/new"] {
                    let message = try await system.sandbox.say(text)
                    #expect(try await !system.sandbox.wholeReply(to: message.messageID).text.isEmpty)
                }
                let keys = (try await system.database.send(RedisCommand("KEYS", "*")).array ?? []).compactMap(\.string)
                #expect(keys.count > 10)
                #expect(keys.filter { !$0.hasPrefix("app1:") } == [])
                let refusals = try await system.database.send(RedisCommand("ACL", "LOG")).array ?? []
                #expect(refusals.isEmpty, "\(refusals)")
            }
        }
    }
}
