import Foundation
import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

extension Topologies {
    /// A worker process that is killed at each step of carrying on canvases.
    @Suite("Canvases on a Cluster whose workers are killed")
    struct ClusterCanvasDeathTests {
        /// A request, before Redis sees it or after it was done.
        private struct Step: Hashable, Sendable {
            let name: String
            let side: FaultProxy.Side
        }

        private static let scripts: [RedisScript] = [
            QueueScripts.cycle, QueueScripts.takeEntry, QueueScripts.setUpChord, QueueScripts.canvas,
            QueueScripts.countPart, QueueScripts.endChord, QueueScripts.storeResult,
        ]
        private static let names = scripts.map(\.name) + ["UNLINK", "ZREM", "PEXPIRE"]

        /// The worker, and where it is yet to be killed.
        private struct State: Sendable {
            var worker: ProgramProcess?
            var left = Set(names.flatMap { [Step(name: $0, side: .request), Step(name: $0, side: .reply)] })
            var kills = 0
            var mayKill = true
        }

        @Test("killed before and after every request: each task is published once, and every canvas comes to its end")
        func killed() async throws {
            try await ClusterDeployment.with(replicas: false) { cluster in
                let names = Dictionary(uniqueKeysWithValues: Self.scripts.map { ($0.sha1, $0.name) })
                try await cluster.behindProxies(scripts: names) { proxies in
                    let state = NIOLockedValueBox(State())
                    let url = "redis+cluster://" + proxies.map { "127.0.0.1:\($0.port)" }.joined(separator: ";")
                    let redis = try RedisClient(configuration: RedisConfiguration(url: cluster.url), logger: .silent)
                    defer { redis.close() }
                    let canvases = try await Self.call(8, with: JobProducer(redis: redis))
                    for proxy in proxies {
                        proxy.follow { moment in
                            state.withLockedValue { state in
                                let step = Step(name: moment.name, side: moment.side)
                                guard state.mayKill, let worker = state.worker, state.left.remove(step) != nil
                                else { return nil }
                                worker.kill()
                                state.worker = nil
                                state.kills += 1
                                return .close
                            }
                        }
                    }
                    var more: [TaskID] = []
                    try await eventually("the end of all canvases", within: .seconds(120)) {
                        if state.withLockedValue({ $0.worker == nil }) {
                            let worker = try Self.worker(url)
                            state.withLockedValue { $0.worker = worker }
                            // There is always something to be killed in.
                            more += try await Self.call(1, with: JobProducer(redis: redis))
                        }
                        guard state.withLockedValue({ $0.left.isEmpty }) else { return false }
                        for id in canvases + more where try await !Self.hasEnded(id, redis) { return false }
                        return true
                    }
                    let (kills, worker) = state.withLockedValue { ($0.kills, $0.worker) }
                    #expect(kills == Self.names.count * 2)
                    var published = 0
                    try await eventually("an empty outbox") {
                        for queue in Self.queues {
                            let key = redis.keys(of: queue).outbox
                            guard try await redis.send(RedisCommand("ZCARD", key)).integer == 0 else { return false }
                        }
                        return true
                    }
                    for queue in Self.queues {
                        let key = redis.keys(of: queue).counts
                        published += Int(try await redis.send(RedisCommand("HGET", key, "added")).integer ?? 0)
                    }
                    let count = (canvases + more).count
                    #expect(published == count / 2 * Self.tasks, "nothing is published twice, nothing is lost")
                    print("chaos: canvases on a Cluster, \(count) canvases, \(published) tasks, \(kills) kills")
                    #expect(try await worker?.terminate(within: .seconds(20)) == .exited(0))
                }
            }
        }

        private static let queues: [QueueName] = ["canvas", "beside"]
        /// Of two canvases: four of the header, a body, the one behind it, and its callback; the failing one and who is told.
        private static let tasks = 9

        private static func worker(_ url: String) throws -> ProgramProcess {
            try ProgramProcess(
                "canvas-worker",
                environment: [
                    "CANVAS_URL": url, "CANVAS_QUEUE": queues.map(\.rawValue).joined(separator: ","),
                    "CANVAS_LEASE_MILLISECONDS": "1000",
                ]
            )
        }

        private static func hasEnded(_ id: TaskID, _ redis: RedisClient) async throws -> Bool {
            guard let text = try await redis.send(RedisCommand("GET", redis.names.result(of: id))).bytes else {
                return false
            }
            let state = try JSONValue(parsing: text)
            if state["status"]?.string == "FAILURE", state["result"]?["exc_type"] == "ValueError" { return true }
            if state["status"]?.string == "SUCCESS" {
                #expect(state["result"] == 111)
                return true
            }
            #expect(state["status"]?.string != "FAILURE", "\(state.text)")
            return false
        }

        /// Calls canvases of a chain with a chord in it, and of a chain that fails.
        ///
        /// - Returns: The ids of their last tasks.
        private static func call(_ count: Int, with producer: JobProducer) async throws -> [TaskID] {
            func task(_ name: TaskName, _ queue: QueueName, _ values: JSONValue...) -> Signature {
                var signature = Signature(.task(name), arguments: values)
                signature.options["queue"] = .string(queue.rawValue)
                return signature
            }
            var ids: [TaskID] = []
            for _ in 0..<count {
                let header = [
                    task("canvas.add", "canvas", 1, 2), task("canvas.add", "beside", 3, 4),
                    Signature(.chain([task("canvas.add", "beside", 0, 0), task("canvas.add", "canvas", 1)])),
                ]
                let chord = Signature(.chord(header: header, body: task("canvas.total", "beside")))
                let last = task("canvas.add", "canvas", 100).with("link", task("canvas.note", "beside"))
                ids.append(try await producer.call(Signature(.chain([chord, last]))).resultID)
                let failing = task("canvas.fail", "canvas", 1, "bad")
                    .with("link_error", task("canvas.note_error", "beside"))
                ids.append(
                    try await producer.call(Signature(.chain([failing, task("canvas.add", "beside", 1)]))).resultID
                )
            }
            return ids
        }
    }
}
