import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Tasks that come together share one call of Redis", .timeLimit(.minutes(1)))
struct EnqueueBatcherTests {
    private func task(_ id: String, padding: Int = 0) -> NewTask {
        NewTask(
            id: TaskID(id),
            name: "test.batched",
            queue: "work",
            keywordArguments: Array(#"{"padding":"\#(String(repeating: "x", count: padding))"}"#.utf8)
        )
    }

    /// Adds tasks in one turn of an event loop and waits until each was told what became of it.
    private func add(
        _ tasks: [(task: NewTask, keys: [String])],
        _ fixture: QueueFixture,
        timeout: Duration = .seconds(10)
    ) async throws -> [Result<Bool, any Error>] {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let batcher = EnqueueBatcher(producer: fixture.producer, queue: fixture.queue, timeout: timeout, on: loop)
        return try await loop.flatSubmit {
            EventLoopFuture.whenAllComplete(
                tasks.map { task, keys in
                    let promise = loop.makePromise(of: Bool.self)
                    batcher.add(task, unlessSeen: keys) { promise.completeWith($0) }
                    return promise.futureResult
                },
                on: loop
            )
        }.get()
    }

    private func calls(_ fixture: QueueFixture) async throws -> Int {
        let report = try await fixture.command("INFO", "commandstats").string ?? ""
        let line = report.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_evalsha:calls=") }
        return line.flatMap { Int($0.drop { !$0.isNumber }.prefix { $0.isNumber }) } ?? 0
    }

    @Test("a hundred in one turn are two runs of the script, stored once each and in their order")
    func together() async throws {
        try await QueueFixture.with { fixture in
            _ = try await add([(task("warm"), [])], fixture)
            let before = try await calls(fixture)
            let results = try await add((0..<100).map { (task("t\($0)"), ["k\($0)"]) }, fixture)
            #expect(try results.map { try $0.get() } == Array(repeating: true, count: 100))
            #expect(try await calls(fixture) - before == 2)
            let stored = try await fixture.command("LRANGE", fixture.keys.ready, 0, -1).array ?? []
            let ids = try stored.map { try TaskMessage(decoding: $0.bytes ?? []).id.rawValue }
            #expect(ids.reversed() == ["warm"] + (0..<100).map { "t\($0)" })
        }
    }

    @Test("each is judged on its own, also against those it travels with")
    func duplicates() async throws {
        try await QueueFixture.with { fixture in
            _ = try await add([(task("old"), ["a"])], fixture)
            let results = try await add(
                [(task("1"), ["b"]), (task("2"), ["a"]), (task("3"), ["c", "b"]), (task("4"), ["d"])],
                fixture
            )
            #expect(try results.map { try $0.get() } == [true, false, false, true])
            #expect(try await fixture.census()["ready"] == 3)
        }
    }

    @Test("large tasks do not pile up to one request")
    func bytes() async throws {
        try await QueueFixture.with { fixture in
            _ = try await add([(task("warm"), [])], fixture)
            let before = try await calls(fixture)
            let results = try await add((0..<4).map { (task("t\($0)", padding: 200 << 10), []) }, fixture)
            #expect(results.count == 4)
            #expect(try await calls(fixture) - before == 2)
        }
    }

    @Test("when Redis does not answer in time, every task of the batch is told")
    func failure() async throws {
        try await QueueFixture.with { fixture in
            _ = try await add([(task("warm"), [])], fixture)
            fixture.server.pause()
            defer { fixture.server.resume() }
            let results = try await add((0..<3).map { (task("t\($0)"), []) }, fixture, timeout: .milliseconds(200))
            for result in results {
                let error = #expect(throws: RedisError.self) { try result.get() }
                #expect(error?.code == .timedOut)
            }
            #expect(results.count == 3)
        }
    }
}
