import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

extension Topologies {
    /// Whoever delivers an outbox dies before and after each of its requests.
    @Suite("Deliveries that are cut off")
    struct OutboxCutTests {
        /// Cuts everything off from the n-th request or reply of a delivery on, until it is told to stop.
        private final class Shears: Sendable {
            private struct State {
                var left: Int?
                var isCut = false
            }
            private let state = NIOLockedValueBox(State())
            /// Of connections, not of deliveries.
            private static let greetings: Set<String> = [
                "CLIENT SETNAME", "PING", "HELLO", "CLUSTER", "SELECT", "push",
            ]

            func set(at moment: Int) { state.withLockedValue { $0 = State(left: moment) } }
            /// - Returns: Whether it was cut.
            func release() -> Bool {
                state.withLockedValue { state in
                    defer { state = State() }
                    return state.isCut
                }
            }
            func judge(_ moment: FaultProxy.Moment) -> FaultProxy.Fault? {
                guard !Self.greetings.contains(moment.name) else { return nil }
                return state.withLockedValue { state in
                    if state.isCut { return .close }
                    guard let left = state.left else { return nil }
                    state.left = left - 1
                    state.isCut = left == 1
                    return state.isCut ? .close : nil
                }
            }
        }

        private struct Bench {
            let redis: RedisClient
            let shears: Shears
            var producer: JobProducer { JobProducer(redis: redis) }

            /// Puts a plan into the outbox of `queue` and delivers it, twice where the first is cut off.
            func carry(_ plan: CanvasPlan, _ entry: String, in queue: QueueName) async throws -> Bool {
                let keys = redis.keys(of: queue)
                var arguments: RedisArguments = [keys.prefix, 60_000, entry, 0]
                for value in StoredPlan(plan, life: .seconds(600)).values { arguments.append(value) }
                _ = try await redis.evaluate(
                    QueueScripts.publishAside,
                    keys: [keys.ready, keys.ready],
                    arguments: arguments
                )
                return try await deliver(entry, keys)
            }

            private func deliver(_ entry: String, _ keys: QueueKeys) async throws -> Bool {
                armed()
                do { try await OutboxDelivery(of: entry, in: keys, with: producer).deliver() } catch {}
                let isCut = shears.release()
                // Another one, as if the first were dead.
                try await eventually("a delivery") {
                    do {
                        try await OutboxDelivery(of: entry, in: keys, with: producer).deliver()
                        return true
                    } catch let error as RedisError where error.isTransient { return false }
                }
                #expect(try await redis.send(RedisCommand("EXISTS", keys.outbox(entry))).integer == 0)
                #expect(try await redis.send(RedisCommand("ZCARD", keys.outbox)).integer == 0)
                return isCut
            }

            var armed: () -> Void
        }

        @Test(
            "a chord in a chord: each message is published once, wherever deliveries are cut off",
            arguments: [true, false]
        )
        func everywhere(succeeds: Bool) async throws {
            try await ClusterDeployment.with(replicas: false) { cluster in
                let scripts: [RedisScript] = [
                    QueueScripts.takeEntry, QueueScripts.setUpChord, QueueScripts.canvas,
                    QueueScripts.countPart, QueueScripts.endChord, QueueScripts.storeResult, QueueScripts.publishAside,
                ]
                let names = Dictionary(uniqueKeysWithValues: scripts.map { ($0.sha1, $0.name) })
                try await cluster.behindProxies(scripts: names) { proxies in
                    let shears = Shears()
                    for proxy in proxies { proxy.follow { shears.judge($0) } }
                    var configuration = try RedisConfiguration(
                        url: "redis+cluster://" + proxies.map { "127.0.0.1:\($0.port)" }.joined(separator: ";")
                    )
                    configuration.commandTimeout = .seconds(1)
                    configuration.backoff = Backoff(base: .milliseconds(5), cap: .milliseconds(20))
                    let redis = try RedisClient(configuration: configuration, logger: .silent)
                    defer { redis.close() }
                    var cuts = 0
                    // In turn at each moment of each delivery, until there are no more.
                    for delivery in 0..<5 {
                        var moment = 1
                        while try await round("\(delivery)-\(moment)", redis, shears, succeeds, (delivery, moment)) {
                            moment += 1
                            cuts += 1
                        }
                    }
                    print("chaos: outbox, \(cuts) deliveries cut off")
                    #expect(cuts > 40)
                }
            }
        }

        /// An outer chord of an inner chord and a task, from the call to its end.
        ///
        /// - Returns: Whether the delivery of that number was cut off at that moment.
        private func round(
            _ name: String,
            _ redis: RedisClient,
            _ shears: Shears,
            _ succeeds: Bool,
            _ cut: (delivery: Int, moment: Int)
        ) async throws -> Bool {
            let number = NIOLockedValueBox(0)
            let bench = Bench(redis: redis, shears: shears) {
                let current = number.withLockedValue { number in
                    defer { number += 1 }
                    return number
                }
                if current == cut.delivery { shears.set(at: cut.moment) }
            }
            let heard = Signature.same(on: "heard", id: "heard-\(name)")
            let inner = Signature(
                .chord(
                    header: [.add(1, 1, id: "a-\(name)"), .add(2, 2, on: "right", id: "b-\(name)")],
                    body: .same(on: "inner", id: "inner-\(name)").with("link_error", heard)
                )
            )
            let outer = Signature(
                .chord(header: [inner, .add(3, 3, id: "c-\(name)")], body: .same(on: "outer", id: "outer-\(name)"))
            )
            var layout = CanvasLayout(
                parentID: nil,
                rootID: nil,
                ids: name,
                writer: bench.producer.canvasWriter(for: "left", at: .now)
            )
            try layout.call(outer, .nothing)
            var isCut = try await bench.carry(layout.plan, "call-\(name)", in: "left")

            var messages = try await take(redis, from: "left") + take(redis, from: "right")
            #expect(messages.map(\.id.rawValue).sorted() == ["a-\(name)", "b-\(name)", "c-\(name)"])
            messages.sort { $0.id.rawValue < $1.id.rawValue }
            for message in messages {
                let fails = !succeeds && message.id.rawValue == "b-\(name)"
                let plan = try end(of: message, fails ? nil : "1", bench.producer)
                isCut = try await bench.carry(plan, "end-\(message.id)", in: "left") || isCut
            }
            if succeeds {
                let bodies = try await take(redis, from: "inner")
                #expect(bodies.map(\.id.rawValue) == ["inner-\(name)"])
                let plan = try end(of: try #require(bodies.first), "[1, 1]", bench.producer)
                isCut = try await bench.carry(plan, "end-inner-\(name)", in: "inner") || isCut
                let last = try await take(redis, from: "outer")
                #expect(last.map(\.id.rawValue) == ["outer-\(name)"])
                #expect(last.first.map { String(decoding: $0.body, as: UTF8.self).hasPrefix("[[[[1, 1], 1]]") } == true)
            } else {
                isCut = try await bench.carry(CanvasPlan(), "nothing-\(name)", in: "left") || isCut
                #expect(try await take(redis, from: "inner").isEmpty)
                #expect(try await take(redis, from: "outer").isEmpty)
                #expect(try await take(redis, from: "heard").map(\.id.rawValue) == ["heard-\(name)"])
                for id in ["inner-\(name)", "outer-\(name)"] {
                    let state = try await redis.send(RedisCommand("GET", redis.names.result(of: TaskID(id)))).string
                    #expect(state?.contains("ChordError") == true)
                }
            }
            return isCut
        }

        /// What follows from the end of a task.
        private func end(
            of message: TaskMessage,
            _ result: String?,
            _ producer: JobProducer
        ) throws -> CanvasPlan {
            var layout = CanvasLayout(
                parentID: message.id,
                rootID: message.rootID,
                ids: message.id.rawValue,
                writer: producer.canvasWriter(for: "left", at: .now)
            )
            let workflow = try #require(message.workflow)
            let member = CanvasLayout.Member(
                id: message.id.rawValue,
                groupID: try #require(message.groupID),
                index: message.groupIndex,
                body: try #require(workflow.body)
            )
            if let result {
                _ = try layout.succeed(workflow, member, result: Array(result.utf8), part: Array(result.utf8))
            } else {
                let exception = TaskResult.exception(TaskFailure(type: "ValueError", message: "bad"))
                try layout.fail(message.id, workflow, member, exception: exception, traceback: nil)
            }
            return layout.plan
        }

        /// Empties a queue.
        private func take(_ redis: RedisClient, from queue: QueueName) async throws -> [TaskMessage] {
            let key = redis.keys(of: queue).ready
            let texts = try await redis.send(RedisCommand("LRANGE", key, 0, -1)).array?.compactMap(\.bytes) ?? []
            _ = try await redis.send(RedisCommand("DEL", key))
            return try texts.map { try TaskMessage(decoding: $0) }
        }
    }
}
