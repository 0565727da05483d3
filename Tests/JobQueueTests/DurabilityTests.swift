import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// What an enqueueing promises about replicas and disks.
@Suite("Durability of what is enqueued", .timeLimit(.minutes(2)))
struct DurabilityTests {
    private static let once = EnqueueOptions(deduplicationKey: "once")

    /// A primary and a replica that has caught up.
    private func withReplica(_ body: (QueueFixture, RedisServer) async throws -> Void) async throws {
        try await QueueFixture.with { fixture in
            let following = ["--replicaof", "127.0.0.1", "\(fixture.server.port)"]
            try await RedisServer.with(arguments: following) { replica in
                try await eventually("the replica") {
                    try await fixture.command("INFO", "replication").string?.contains("state=online") == true
                }
                try await body(fixture, replica)
            }
        }
    }

    private func producer(_ redis: RedisClient, _ durability: Durability) -> JobProducer {
        JobProducer(redis: redis, durability: durability)
    }

    private func depth(of server: RedisServer) async throws -> Int64? {
        let redis = try QueueFixture.client(server)
        defer { redis.close() }
        return try await redis.send(RedisCommand("LLEN", "work")).integer
    }

    /// How far the primary's history has come.
    private func offset(_ fixture: QueueFixture) async throws -> Int64 {
        let report = try await fixture.command("INFO", "replication").string ?? ""
        let line = report.split(whereSeparator: \.isNewline).first { $0.hasPrefix("master_repl_offset:") }
        return line.flatMap { Int64($0.drop { !$0.isNumber }) } ?? 0
    }

    @Test("replicated: once the call returns, a replica has the task, also where the script had to be loaded first")
    func replicated() async throws {
        try await withReplica { fixture, replica in
            let producer = producer(fixture.redis, .replicated)
            for count in 1...20 {
                if count.isMultiple(of: 5) { _ = try await fixture.command("SCRIPT", "FLUSH") }
                try await producer.enqueue(TestJob.self, .init(value: "\(count)"))
                #expect(try await depth(of: replica) == Int64(count))
            }
        }
    }

    @Test("replicated: without a replica the call fails in time, and says that the task may be there, as it is")
    func noReplica() async throws {
        try await QueueFixture.with { fixture in
            let began = ContinuousClock.now
            let error = await #expect(throws: JobQueueError.self) {
                try await producer(fixture.redis, .replicated).enqueue(TestJob.self, .init(value: "a"))
            }
            #expect(error?.code == .unavailable)
            #expect(error?.outcomeUnknown == true)
            #expect(ContinuousClock.now - began < .seconds(5))
            let census = try await fixture.census()
            #expect(census == ["ready": 1])
        }
    }

    @Test("replicated: a repeat that adds nothing still waits for the write of the first, from any connection")
    func repeated() async throws {
        try await withReplica { fixture, replica in
            replica.pause()
            for _ in 0..<2 {
                let other = try QueueFixture.client(fixture.server)
                defer { other.close() }
                let error = await #expect(throws: JobQueueError.self) {
                    try await producer(other, .replicated)
                        .enqueue(TestJob.self, .init(value: "a"), options: Self.once)
                }
                #expect(error?.outcomeUnknown == true)
            }
            replica.resume()
            let receipt = try await producer(fixture.redis, .replicated)
                .enqueue(TestJob.self, .init(value: "a"), options: Self.once)
            #expect(receipt.isDuplicate)
            #expect(try await depth(of: replica) == 1)
            // A server may take WAIT for answered on a connection that has written nothing itself.
            let before = try await offset(fixture)
            try await producer(fixture.redis, .async).enqueue(TestJob.self, .init(value: "a"), options: Self.once)
            #expect(try await offset(fixture) > before, "a repeat writes, too")
            let left = try await fixture.command("PTTL", fixture.keys.seen("once")).integer ?? 0
            #expect(left > 0 && left < 86_400_000, "a repeat prolongs no memory")
        }
    }

    @Test("replicated: tasks that come while others wait for a replica share the next wait; all are told of a failure")
    func batched() async throws {
        try await withReplica { fixture, replica in
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let batcher = EnqueueBatcher(
                producer: producer(fixture.redis, .replicated),
                queue: fixture.queue,
                timeout: .seconds(10),
                on: loop
            )
            @Sendable func add(_ name: String) -> EventLoopFuture<Bool> {
                loop.flatSubmit {
                    let promise = loop.makePromise(of: Bool.self)
                    let task = NewTask(id: TaskID(name), name: "test.job", queue: "work", keywordArguments: [123, 125])
                    batcher.add(task, unlessSeen: [name]) { promise.completeWith($0) }
                    return promise.futureResult
                }
            }
            #expect(try await add("first").get())
            replica.pause()
            let stuck = add("stuck")
            try await eventually("a wait") {
                try await fixture.redis.withDedicatedConnection {
                    try await $0.send(RedisCommand("INFO", "clients")).string?.contains("blocked_clients:1") == true
                }
            }
            let behind = (0..<10).map { add("behind\($0)") }
            // On the loop that sends those behind next, which give the replica a second.
            stuck.whenFailure { _ in replica.resume() }
            await #expect(throws: RedisError.self) { try await stuck.get() }
            for future in behind {
                let isNew = try await future.get()
                #expect(isNew)
            }
            #expect(try await depth(of: replica) == 12)
            let calls = try await fixture.command("INFO", "commandstats").string ?? ""
            #expect(calls.contains("cmdstat_wait:calls=") && calls.contains("cmdstat_evalsha:calls=4"), "\(calls)")
        }
    }

    @Test(
        "fsync before Redis 7.2: only a server that syncs each write before its reply confirms",
        arguments: [("yes", "always", true), ("yes", "everysec", false), ("no", "always", false)]
    )
    func fsync(appendOnly: String, policy: String, confirms: Bool) async throws {
        let arguments = ["--appendonly", appendOnly, "--appendfsync", policy]
        try await RedisServer.with(arguments: arguments) { server in
            let redis = try QueueFixture.client(server)
            defer { redis.close() }
            do throws(JobQueueError) {
                try await producer(redis, .fsync).enqueue(TestJob.self, .init(value: "a"))
                #expect(confirms)
            } catch {
                #expect(!confirms)
                #expect(error.outcomeUnknown)
            }
        }
    }

    @Test("fsync from Redis 7.2: WAITAOF decides")
    func waitAOF() throws {
        let refused = Result<RedisReply, RedisError>.failure(RedisError(server: "NOPERM no", command: "CONFIG"))
        func answers(_ local: Int64) -> [Result<RedisReply, RedisError>] {
            [.success(.array([.integer(local), .integer(0)])), refused, refused]
        }
        try Durability.fsync.judge(answers(1))
        let error = #expect(throws: RedisError.self) { try Durability.fsync.judge(answers(0)) }
        #expect(error?.code == .unconfirmed && error?.outcomeUnknown == true && error?.isTransient == true)
    }

    @Test(
        "a server that cannot keep tasks is refused with the reason",
        arguments: [
            ("redis_version:6.0.16\r\nrole:master", Durability.async, "6.2"),
            ("redis_version:7.0.15\r\nrole:slave", .async, "replica"),
            ("redis_version:7.0.15\r\nmaxmemory_policy:allkeys-lru", .async, "noeviction"),
            ("redis_version:7.0.15\r\naof_enabled:1", .fsync, "appendfsync always"),
            ("redis_version:7.2.4\r\naof_enabled:0", .fsync, "appendonly yes"),
        ]
    )
    func refused(report: String, durability: Durability, reason: String) {
        #expect(ServerFacts(report: report, appendFsync: "everysec").danger(for: durability)?.contains(reason) == true)
    }

    @Test("a URL that takes a server for what it is not is refused with the right one")
    func misnamed() async throws {
        func refusal(_ server: RedisServer, _ url: String) async throws -> String? {
            let redis = try RedisClient(configuration: RedisConfiguration(url: url), logger: .silent)
            defer { redis.close() }
            let safety = ServerSafety(redis: redis, durability: .async, logger: .silent)
            let error = await #expect(throws: JobQueueError.self) { try await safety.check() }
            #expect(error?.code == .unsafeServer)
            return error?.description
        }
        try await RedisServer.with { server in
            let refusal = try await refusal(server, "redis+cluster://127.0.0.1:\(server.port)")
            #expect(refusal?.contains("use redis://") == true)
        }
        try await RedisServer.with(arguments: ["--cluster-enabled", "yes"]) { server in
            let refusal = try await refusal(server, server.url)
            #expect(refusal?.contains("use redis+cluster://") == true)
        }
        try await RedisServer.with { server in
            try await RedisServer.with(arguments: ["--replicaof", "127.0.0.1", "\(server.port)"]) { replica in
                let refusal = try await refusal(replica, replica.url)
                #expect(refusal?.contains("use sentinel://") == true)
            }
        }
    }

    @Test(
        "others are taken",
        arguments: [
            ("redis_version:6.2.0\r\nrole:master\r\nmaxmemory_policy:noeviction", Durability.replicated),
            ("redis_version:7.2.4\r\nvalkey_version:8.0.1\r\naof_enabled:1", .fsync), ("", .fsync),
        ]
    )
    func taken(report: String, durability: Durability) {
        #expect(ServerFacts(report: report, appendFsync: nil).danger(for: durability) == nil)
    }
}
