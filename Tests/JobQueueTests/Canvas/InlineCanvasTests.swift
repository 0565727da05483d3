import JSON
import JobQueueTesting
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Canvases in a test queue and on a worker", .timeLimit(.minutes(2)))
struct InlineCanvasTests {
    /// What some canvases came to.
    private struct Trace {
        /// What ran, in its order.
        let runs: [String]
        /// What is stored of each task, without the time.
        let results: [TaskID: JSONValue]
    }

    private func canvases(_ seeds: Range<UInt64>, retries: Bool) -> [(key: String, signature: Signature)] {
        seeds.map { seed in
            var random = RandomCanvas(seed: seed, retries: retries)
            return ("canvas-\(seed)", random.next(depth: 3))
        }
    }

    /// Runs canvases with a worker on a real Redis.
    private func onWorker(
        _ canvases: [(key: String, signature: Signature)],
        places: Int
    ) async throws -> Trace {
        try await QueueFixture.with { fixture in
            let jobs = RandomCanvasJobs()
            for canvas in canvases {
                try await fixture.producer.call(canvas.signature, queue: fixture.queue, deduplicationKey: canvas.key)
            }
            var configuration = fixture.steadyConfiguration
            configuration.concurrency = places
            try await fixture.withWorker(jobs.registry, configuration: configuration) {
                try await eventually("all have ended", within: .seconds(60)) {
                    try await fixture.census().keys.allSatisfy { $0 == "dead" }
                }
            }
            var results: [TaskID: JSONValue] = [:]
            let keys = try await fixture.command("KEYS", "celery-task-meta-*").array ?? []
            for key in keys.compactMap(\.string) {
                let text = try await fixture.command("GET", key).bytes ?? []
                results[Self.id(of: key)] = try Self.timeless(text)
            }
            return Trace(runs: jobs.record.all, results: results)
        }
    }

    /// Runs the same in memory.
    private func inline(_ canvases: [(key: String, signature: Signature)]) async throws -> Trace {
        let jobs = RandomCanvasJobs()
        let queue = TestQueue(jobs: jobs.registry)
        for canvas in canvases {
            try await queue.producer.call(canvas.signature, queue: "work", deduplicationKey: canvas.key)
        }
        try await queue.runToEnd(.returned)
        #expect(queue.unfinishedCount == 0)
        let results = try queue.storedTexts.map { (Self.id(of: $0.key), try Self.timeless($0.value)) }
        return Trace(runs: jobs.record.all, results: Dictionary(uniqueKeysWithValues: results))
    }

    private static func id(of key: String) -> TaskID { TaskID(String(key.dropFirst("celery-task-meta-".count))) }

    private static func timeless(_ text: [UInt8]) throws -> JSONValue {
        var object = try JSONValue(parsing: text, maximumDepth: 512).object ?? JSONObject()
        object["date_done"] = nil
        object["traceback"] = nil
        return .object(object)
    }

    @Test("100 random canvases run the same tasks in the same order and leave the same, byte by byte of every result")
    func oneAfterTheOther() async throws {
        let canvases = canvases(0..<100, retries: false)
        let worker = try await onWorker(canvases, places: 1)
        let inline = try await inline(canvases)
        #expect(inline.runs == worker.runs)
        #expect(inline.results.keys.count == worker.results.keys.count)
        for (id, result) in worker.results {
            #expect(inline.results[id] == result, "\(id)")
        }
        // What it was all about took place.
        let statuses = worker.results.values.compactMap { $0["status"]?.string }
        let errors = worker.results.values.compactMap { $0["result"]?["exc_type"]?.string }
        #expect(Set(statuses) == ["SUCCESS", "FAILURE", "REVOKED"])
        #expect(Set(errors).isSuperset(of: ["ChordError", "ValueError", "NotRegistered", "InvalidArguments"]))
        #expect(worker.runs.count > 300)
    }

    @Test("100 more that run side by side and are retried run the same tasks, and leave the same values and states")
    func sideBySide() async throws {
        let canvases = canvases(1_000..<1_100, retries: true)
        let worker = try await onWorker(canvases, places: 50)
        let inline = try await inline(canvases)
        #expect(inline.runs.sorted() == worker.runs.sorted())
        // Which part of a chord ends last is not the same, and what is derived from its id neither.
        let given = worker.results.filter { $0.key.rawValue.hasPrefix("s") }
        #expect(given.count > 200)
        #expect(Set(given.keys) == Set(inline.results.keys.filter { $0.rawValue.hasPrefix("s") }))
        for (id, result) in given {
            #expect(inline.results[id]?["status"] == result["status"], "\(id)")
            #expect(inline.results[id]?["result"] == result["result"], "\(id)")
        }
    }
}
