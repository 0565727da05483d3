import JSON
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import JobQueue
@testable import Redis

@Suite("A prefix of all keys and channels", .timeLimit(.minutes(1)))
struct KeyPrefixTests {
    @Test("an account that may use the prefix only can do all that a queue does, and nothing without it is written")
    func confined() async throws {
        try await QueueFixture.with(keyPrefix: "app1:") { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, context in
                record.add(arguments.value)
                if arguments.value == "bad" { throw TaskFailure(type: "Bad", message: "bad") }
                try await context.step("once") {}
                return arguments.value
            }
            let control = QueueControl(redis: fixture.redis)
            let limit = try #require(LimitName("model"))
            try await QueueLimits(redis: fixture.redis).set(QueueLimit(concurrency: 1), for: limit, in: fixture.queue)
            try await FairTurns(redis: fixture.redis).setWeight(2, for: FairnessKey("tenant"), in: fixture.queue)
            _ = try await control.pause(fixture.queue, as: QueuePause(at: .now, by: "test", reason: nil))
            for options in [
                EnqueueOptions(delay: .milliseconds(30)), EnqueueOptions(orderingKey: OrderingKey("lane")),
                EnqueueOptions(orderingKey: OrderingKey("lane")), EnqueueOptions(fairnessKey: FairnessKey("tenant")),
                EnqueueOptions(priority: 9), EnqueueOptions(limits: [limit: 1]), EnqueueOptions(limits: [limit: 1]),
                EnqueueOptions(uniqueness: Uniqueness(key: "one", until: .ended)),
                EnqueueOptions(debounce: Debounce(key: "burst", wait: .milliseconds(20), longestWait: .seconds(1))),
                EnqueueOptions(deduplicationKey: "event"),
            ] {
                try await fixture.producer.enqueue(TestJob.self, .init(value: "good"), options: options)
            }
            let bad = try await fixture.producer.enqueue(TestJob.self, .init(value: "bad"))
            let cancelled = try await fixture.producer.enqueue(TestJob.self, .init(value: "never"))
            try await fixture.producer.cancel(cancelled.taskID, in: fixture.queue)
            _ = try await control.resume(fixture.queue)
            try await leaveUnacknowledged(fixture)

            try await fixture.withWorker(registry) {
                // What a retry scheduled is among them, and what waits for a place under the limit.
                try await eventually("all are settled") {
                    try await fixture.census() == ["dead": 1] && record.all.count { $0 == "good" } == 11
                }
                let survey = try await QueueInspector(redis: fixture.redis).depths(of: [fixture.queue])
                #expect(survey[0].survey.dead == 1 && survey[0].workers == 1)
                let found = try await QueueInspector(redis: fixture.redis).find(bad.taskID, in: [fixture.queue])
                #expect(found.place != nil)
            }
            #expect(try await fixture.result(bad.taskID)?["status"] == "FAILURE")
            #expect(!record.all.contains("never"))
            try await fixture.expectPrefix("app1:")
        }
    }

    /// What a Python worker with the same prefix left behind.
    private func leaveUnacknowledged(_ fixture: QueueFixture) async throws {
        let task = NewTask(
            id: "left",
            name: TestJob.name,
            queue: fixture.queue,
            keywordArguments: Array(#"{"value":"good"}"#.utf8)
        )
        let entry = "[\(String(decoding: task.encoded(origin: "gen1@python"), as: UTF8.self)), \"\", \"work\"]"
        _ = try await fixture.command("HSET", "app1:unacked", "tag", entry)
        _ = try await fixture.command("ZADD", "app1:unacked_index", 1, "tag")
    }

    @Test("two fleets with prefixes of their own share a Redis and a queue's name, and neither sees the other's tasks")
    func apart() async throws {
        try await QueueFixture.with(keyPrefix: "app1:") { first in
            let redis = try QueueFixture.client(first.server)
            defer { redis.close() }
            let second = QueueFixture(server: first.server, redis: redis)
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await second.producer.enqueue(TestJob.self, .init(value: "second's"))
            try await first.withWorker(registry) {
                try await first.producer.enqueue(TestJob.self, .init(value: "first's"))
                try await eventually("the first's ran") { record.all == ["first's"] }
            }
            #expect(try await second.census() == ["ready": 1])
        }
    }

    @Test(
        "names are kombu's and Celery's: verbatim before keys and channels, with an underscore before results",
        arguments: [
            ("", "celery-task-meta-1"), ("app1:", "app1:celery-task-meta-1"), ("app1", "app1_celery-task-meta-1"),
            ("app1-", "app1-celery-task-meta-1"), ("a_", "a_celery-task-meta-1"), ("a.", "a.celery-task-meta-1"),
        ]
    )
    func names(prefix: String, result: String) {
        let names = BrokerNames(prefix: prefix, database: 2, isClustered: false)
        #expect(names.result(of: "1") == result)
        #expect(QueueKeys("celery", in: names).ready == prefix + "celery")
        #expect(QueueKeys("celery", in: names).lanes == prefix + "{celery}:lanes")
        #expect(names.channel(of: "celery.pidbox") == prefix + "/2.celery.pidbox")
        #expect(names.channel(of: "celeryev", "worker.heartbeat") == prefix + "/2.celeryev/worker.heartbeat")
        #expect(names.replies(to: "oid") == prefix + "oid.reply.celery.pidbox")
        #expect(names.bindings(of: "celery") == prefix + "_kombu.binding.celery")
    }

    @Test("on a Cluster all keys of a queue share a slot, whatever the prefix", arguments: ["", "app1:", "app1"])
    func cluster(prefix: String) {
        let keys = QueueKeys("work", in: BrokerNames(prefix: prefix, database: 0, isClustered: true))
        let slot = HashSlot.slot(of: keys.ready)
        for key in [keys.lanes, keys.scheduled, keys.inflight("x"), keys.limited(by: "model"), keys.body("1")] {
            #expect(HashSlot.slot(of: key) == slot, "\(key)")
            #expect(key.hasPrefix(prefix) || key.hasPrefix("{" + prefix))
        }
    }

    @Test(
        "a prefix that would change slots, patterns or texts is refused",
        arguments: ["{a}", "a*", "a b", "ü", "a\"", "[a]"]
    )
    func refused(prefix: String) throws {
        var configuration = try RedisConfiguration(url: "redis://127.0.0.1:1/0")
        configuration.keyPrefix = prefix
        #expect(throws: RedisError.self) { try RedisClient(configuration: configuration, logger: QueueFixture.logger) }
    }
}
