import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

extension Topologies {
    /// Queues, chords and results lie in slots of different nodes.
    @Suite("Canvases on a Cluster")
    struct ClusterCanvasTests {
        /// The state of a task once it is final.
        private static func final(_ id: TaskID, _ redis: RedisClient) async throws -> JSONValue {
            var state = JSONValue.null
            try await eventually("the end of \(id)") {
                let text = try await redis.send(RedisCommand("GET", redis.names.result(of: id))).bytes
                state = try text.map { try JSONValue(parsing: $0) } ?? .null
                return ["SUCCESS", "FAILURE", "REVOKED"].contains(state["status"]?.string)
            }
            return state
        }

        /// Delivers an entry of each of two queues that have one id: tags are counted by queue.
        ///
        /// - Returns: How many messages arrived in the queue that both of them go to.
        private static func deliverNamesakes(_ redis: RedisClient) async throws -> Int64? {
            let producer = JobProducer(redis: redis)
            for queue in ClusterCanvasJobs.queues {
                let writer = producer.canvasWriter(for: queue, at: .now)
                var layout = CanvasLayout(parentID: nil, rootID: nil, ids: "\(queue)", writer: writer)
                try layout.call(.add(1, 1, on: "elsewhere"), .nothing)
                let keys = redis.keys(of: queue)
                var arguments: RedisArguments = [keys.prefix, 60_000, "namesake", 0]
                for value in StoredPlan(layout.plan, life: .seconds(600)).values { arguments.append(value) }
                _ = try await redis.evaluate(
                    QueueScripts.publishAside,
                    keys: [keys.ready, keys.ready],
                    arguments: arguments
                )
                try await OutboxDelivery(of: "namesake", in: keys, with: producer).deliver()
            }
            return try await redis.send(RedisCommand("LLEN", redis.keys(of: "elsewhere").ready)).integer
        }

        /// Calls a chord as a producer does that dies when it has written what it calls.
        private static func callAndDie(_ redis: RedisClient) async throws -> TaskID {
            let chord = Signature(
                .chord(header: [.add(1, 1000), .add(2, 1000, on: "right")], body: .same(id: "orphan"))
            )
            let producer = JobProducer(redis: redis)
            var layout = CanvasLayout(
                parentID: nil,
                rootID: nil,
                ids: "orphan",
                writer: producer.canvasWriter(for: "left", at: .now)
            )
            try layout.call(chord, .nothing)
            let keys = redis.keys(of: "left")
            var arguments: RedisArguments = [keys.prefix, 60_000, "entry", 0]
            for value in StoredPlan(layout.plan, life: .seconds(600)).values { arguments.append(value) }
            _ = try await redis.evaluate(
                QueueScripts.publishAside,
                keys: [keys.ready, keys.ready],
                arguments: arguments
            )
            return "orphan"
        }

        @Test("chains, groups, chords, callbacks, failures and maps come to the same as on one server")
        func everything() async throws {
            try await ClusterDeployment.with(replicas: false) { cluster in
                let redis = try RedisClient(configuration: RedisConfiguration(url: cluster.url), logger: .silent)
                defer { redis.close() }
                let producer = JobProducer(redis: redis)
                let jobs = ClusterCanvasJobs()
                #expect(!redis.keepsTogether("left", "right"))
                func outcome(_ signature: Signature) async throws -> JSONValue {
                    try await Self.final(try await producer.call(signature).resultID, redis)
                }
                let orphan = try await Self.callAndDie(redis)
                #expect(try await Self.deliverNamesakes(redis) == 2)
                try await jobs.work(redis) {
                    // A chain to and fro.
                    let chain = Signature(.chain([.add(1, 2), .add(3, on: "right"), .add(4)]))
                    #expect(try await outcome(chain)["result"] == 10)

                    // A group, found by its handle.
                    let group = Signature(
                        .group((0..<70).map { .add(.integer($0), 1, on: $0 % 2 == 0 ? "left" : "right") })
                    )
                    let receipt = try await producer.call(group)
                    let values = try await producer.group(of: receipt, as: Int64.self).values(timeout: .seconds(20))
                    #expect(values == Array(1...70))

                    // A chord in a chord, with groups and chains in it, and a chain behind it.
                    let inner = Signature(.chord(header: [.add(1, 1), .add(2, 2, on: "right")], body: .same()))
                    let steps: [Signature] = [
                        .add(10, 1), .add(5), Signature(.group([.add(1, on: "right"), .add(2)])),
                    ]
                    let header = [inner, Signature(.chain(steps)), .add(0, 0)]
                    let chord = Signature(.chord(header: header, body: .same()))
                    #expect(
                        try await outcome(Signature(.chain([chord, .same(on: "left")])))["result"] == [
                            [2, 4], [17, 18], 0,
                        ]
                    )

                    // Callbacks.
                    let called = Signature.add(1, 1).with("link", .add(10, on: "right", id: "one"), .add(20, id: "two"))
                    _ = try await outcome(called)
                    #expect(try await Self.final("one", redis)["result"] == 12)
                    #expect(try await Self.final("two", redis)["result"] == 22)

                    // What a failing chain has left fails with it, and its error callback is told.
                    let failing = Signature.fail(id: "culprit").with("link_error", .same(on: "left", id: "told"))
                    let broken = Signature(.chain([.add(1, 1), failing, .add(1, id: "third"), .add(1)]))
                    #expect(try await outcome(broken)["result"]?["exc_type"] == "ValueError")
                    #expect(try await Self.final("third", redis)["status"] == "FAILURE")
                    #expect(try await Self.final("told", redis)["result"] == "culprit")

                    // A failing member fails the body, its error callbacks are told, and the chord around it fails.
                    let body = Signature.same(id: "body").with("link_error", .same(on: "left", id: "heard"))
                    let sad = Signature(.chord(header: [.add(1, 1), .fail(id: "member")], body: body))
                    let around = try await outcome(Signature(.chord(header: [sad, .add(2, 2)], body: .same())))
                    #expect(around["result"]?["exc_type"] == "ChordError")
                    let failure = try await Self.final("body", redis)
                    #expect(failure["result"]?["exc_message"] == [#"Dependency member raised ValueError("it's bad")"#])
                    #expect(try await Self.final("heard", redis)["result"] == "body")

                    // A map, whose task is one.
                    let map = Signature(
                        .task("celery.map"),
                        keywordArguments: ["task": Signature.same().json, "it": [1, "中文 \" \\ \n", nil]]
                    )
                    var mapped = map
                    mapped.options["queue"] = "right"
                    #expect(try await outcome(mapped)["result"] == [1, "中文 \" \\ \n", nil])

                    // A member that others take the place of.
                    let swap = Signature.task("swap", [1], queue: "right")
                    #expect(try await outcome(Signature(.chord(header: [swap], body: .same())))["result"] == [6])

                    // Called twice with one key.
                    let first = try await producer.call(chain, deduplicationKey: "once")
                    let second = try await producer.call(chain, deduplicationKey: "once")
                    #expect(!first.isDuplicate && second.isDuplicate && first.resultID == second.resultID)
                    _ = try await Self.final(first.resultID, redis)

                    // Whose caller died as soon as it was called.
                    #expect(try await Self.final(orphan, redis)["result"] == [1001, 1002])
                }
                for queue in ClusterCanvasJobs.queues {
                    let keys = redis.keys(of: queue)
                    #expect(try await redis.send(RedisCommand("ZCARD", keys.outbox)).integer == 0)
                    #expect(try await redis.send(RedisCommand("LLEN", keys.ready)).integer == 0)
                }
                #expect(jobs.count("add 1 2") == 2)
                // Of chords that are over it is remembered who called the body and who set it up, of those that failed their
                // parts, and the form of nested results.
                var left: Set<String> = []
                for server in cluster.servers {
                    for key in try await server.ask("KEYS", "{celery-taskset-meta-*").array ?? [] {
                        left.insert(String((key.string ?? "").suffix(2)))
                    }
                }
                #expect(left.subtracting([".c", ".o", ".j", ".d"]).allSatisfy { $0.hasSuffix("}") })
            }
        }
    }
}
