import JSON
import JobPayload
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Results read from Swift", .timeLimit(.minutes(1)))
struct ResultHandleTests {
    private static let echo = TestJob.registry { arguments, _ in
        if arguments.value == "fail" { throw TaskFailure(type: "ValueError", message: "no", module: "builtins") }
        return arguments.value
    }

    private func enqueue(_ fixture: QueueFixture, _ value: String) async throws -> TaskHandle<String> {
        let receipt = try await fixture.producer.enqueue(TestJob.self, .init(value: value))
        return fixture.producer.handle(of: receipt, as: TestJob.self)
    }

    private func listened(_ fixture: QueueFixture) async throws -> Int {
        try await fixture.command("PUBSUB", "CHANNELS", "celery-task*").array?.count ?? -1
    }

    @Test("a thousand wait before anything runs, on one connection, and each gets its own")
    func thousand() async throws {
        try await QueueFixture.with { fixture in
            let handles = try await fixture.producer.enqueue(
                TestJob.self,
                batch: (0..<1_000).map { .init(value: "\($0)") }
            ).map { fixture.producer.handle(of: $0, as: TestJob.self) }
            let values = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for (index, handle) in handles.enumerated() {
                    group.addTask { (index, try await handle.value(timeout: .seconds(50))) }
                }
                try await eventually("all listen") { try await listened(fixture) == 1_000 }
                let info = try await fixture.command("INFO", "clients").string ?? ""
                #expect(info.contains("connected_clients:2\r\n"))
                var values: [Int: String] = [:]
                try await fixture.withWorker(Self.echo) {
                    for try await (index, value) in group { values[index] = value }
                }
                return values
            }
            #expect(values.count == 1_000 && values.allSatisfy { "\($0)" == $1 })
            try await eventually("nobody listens") { try await listened(fixture) == 0 }
        }
    }

    @Test("an error arrives with its type, and can be looked at without being thrown")
    func failures() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withWorker(Self.echo) {
                let handle = try await enqueue(fixture, "fail")
                let error = await #expect(throws: TaskFailedError.self) {
                    try await handle.value(timeout: .seconds(30))
                }
                #expect(error?.failure == TaskFailure(type: "ValueError", message: "no", module: "builtins"))
                #expect(error?.traceback?.hasSuffix("ValueError: no\n") == true)
                #expect(error?.traceback?.contains("in test.job") == true)
                let state = try await handle.end(timeout: .zero)
                #expect(state.status == .failure)
                #expect(state.doneAt != nil)
            }
        }
    }

    @Test("a cancelled task is told as revoked; a forgotten one is pending again")
    func revokedAndForgotten() async throws {
        try await QueueFixture.with { fixture in
            let handle = try await enqueue(fixture, "x")
            try await fixture.producer.cancel(handle.id, in: fixture.queue)
            try await fixture.withWorker(Self.echo) {
                let error = await #expect(throws: TaskRevokedError.self) {
                    try await handle.value(timeout: .seconds(30))
                }
                #expect(error == TaskRevokedError(taskID: handle.id, reason: "revoked"))
            }
            try await handle.forget()
            #expect(try await handle.state().status == .pending)
        }
    }

    @Test("who waits while Redis is away gets what was stored meanwhile")
    func reconnect() async throws {
        try await QueueFixture.with { fixture in
            let proxy = try await FaultProxy.start(to: fixture.server.port, scripts: [:])
            var configuration = try RedisConfiguration(url: proxy.url)
            configuration.backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(50))
            let client = try RedisClient(configuration: configuration, logger: QueueFixture.logger)
            defer { client.close() }
            let handle = ResultStore(redis: client).handle(of: "t", as: String.self)
            async let value = handle.value(timeout: .seconds(50))
            try await eventually("it listens") { try await listened(fixture) == 1 }
            try await proxy.refuse()
            _ = try await fixture.command("CLIENT", "KILL", "TYPE", "pubsub")
            try await eventually("nobody listens") { try await listened(fixture) == 0 }
            _ = try await fixture.command("SET", "celery-task-meta-t", #"{"status": "SUCCESS", "result": "late"}"#)
            try await proxy.accept()
            let late = try await value
            #expect(late == "late")
        }
    }

    @Test("who waits through a restart of Redis is told of what comes after it")
    func restart() async throws {
        try await QueueFixture.with { fixture in
            let handle = fixture.producer.handle(of: "t", as: Int.self)
            async let value = handle.value(timeout: .seconds(50))
            try await eventually("it listens") { try await listened(fixture) == 1 }
            try await fixture.server.restart()
            try await eventually("it listens again") { (try? await listened(fixture)) == 1 }
            let message = TaskMessage.sample("t")
            _ = try await fixture.redis.evaluate(
                QueueScripts.storeResult,
                keys: ["celery-task-meta-t"],
                arguments: [0, TaskResult.success(message, result: Array("5".utf8), at: .now)]
            )
            let five = try await value
            #expect(five == 5)
        }
    }

    @Test("results that are sealed are opened on the way")
    func sealed() async throws {
        try await QueueFixture.with { fixture in
            let payload = JobPayload(encryption: try PayloadTests.ring("key"))
            let producer = JobProducer(redis: fixture.redis, payload: payload)
            let gate = Gate()
            let registry = TestJob.registry { arguments, context in
                try await context.setState(.progress, ["secret": arguments.value])
                await gate.pass()
                return arguments.value
            }
            let worker = JobWorker(
                configuration: fixture.configuration,
                registry: registry,
                redis: fixture.redis,
                logger: QueueFixture.logger,
                payload: payload
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                let receipt = try await producer.enqueue(TestJob.self, .init(value: "hidden"))
                let handle = producer.handle(of: receipt, as: TestJob.self)
                try await eventually("progress") { try await handle.state().status == .progress }
                #expect(try await handle.state().value.decode(as: [String: String].self) == ["secret": "hidden"])
                #expect(try await fixture.result(handle.id)?.text.contains("hidden") == false)
                gate.open()
                #expect(try await handle.value(timeout: .seconds(30)) == "hidden")
                #expect(try await fixture.result(handle.id)?.text.contains("hidden") == false)
                let blind = await #expect(throws: JobQueueError.self) {
                    try await ResultStore(redis: fixture.redis).handle(of: handle.id, as: String.self).value(
                        timeout: .zero
                    )
                }
                #expect(blind?.code == .unreadableResult)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("a group is waited for as one, counted while it goes on, saved and found again")
    func group() async throws {
        try await QueueFixture.with { fixture in
            let ids = try await fixture.producer.enqueue(
                TestJob.self,
                batch: (0..<300).map { .init(value: "\($0)") }
            ).map(\.taskID)
            let group = fixture.producer.results.group(of: ids, as: String.self)
            #expect(try await group.counts().waiting == 300)
            try await group.save()
            let waiting = Task { try await group.values(timeout: .seconds(50)) }
            let all = try await fixture.withWorker(Self.echo) { try await waiting.value }
            #expect(all == (0..<300).map { "\($0)" })
            let found = try #require(try await fixture.producer.results.savedGroup(group.id, as: String.self))
            #expect(found.members.map(\.id) == ids)
            #expect(try await found.counts().succeeded == 300)
            let life = try await fixture.command("PTTL", "celery-taskset-meta-\(group.id)").integer ?? 0
            #expect(life > 80_000_000)
            try await found.forget()
            #expect(try await fixture.producer.results.savedGroup(group.id, as: String.self)?.id == nil)
            #expect(try await group.counts().waiting == 300)
        }
    }

    @Test("a canvas is waited for by its last task, which knows what stood before it, or by its members")
    func canvases() async throws {
        try await QueueFixture.with { fixture in
            let producer = fixture.producer
            let links = [Signature.add(1, 2), .add(10), .add(20)]
            let chain = try await producer.call(Signature(.chain(links)), queue: fixture.queue)
            let group = try await producer.call(Signature(.group([.add(1, 1), .add(2, 2)])), queue: fixture.queue)
            let last = producer.handle(of: chain, as: Int.self)
            async let value = last.value(timeout: .seconds(50))
            async let values = producer.group(of: group, as: Int.self).values(timeout: .seconds(50))
            try await fixture.withWorker(CanvasJobs().registry) {
                let before = try #require(try await last.parent())
                #expect(try await before.with(Int.self).value(timeout: .seconds(50)) == 13)
                let first = try #require(try await before.parent())
                _ = try await last.end(timeout: .seconds(50))
                #expect(try await first.descendants().map(\.id) == [before.id, last.id])
            }
            let all = try await (value, values)
            #expect(all.0 == 33 && all.1 == [2, 4])
        }
    }

    @Test("groups in a group are read as they are grouped, or flat, and a failure in one fails both")
    func nestedGroups() async throws {
        try await QueueFixture.with { fixture in
            let producer = fixture.producer
            let inner = Signature(.chain([.add(1, 1), Signature(.group([.add(10), .add(20)]))]))
            let whole = Signature(.group([inner, .add(5, 5)]))
            let receipt = try await producer.call(whole, queue: fixture.queue)
            let lists = Signature(
                .group([inner, Signature(.chain([.add(2, 2), Signature(.group([.add(1), .add(2)]))]))])
            )
            let second = try await producer.call(lists, queue: fixture.queue)
            let bad = Signature(.chain([.add(1, 1), Signature(.group([.add(10), .fail]))]))
            let third = try await producer.call(Signature(.group([bad, .add(5, 5)])), queue: fixture.queue)
            try await fixture.withWorker(CanvasJobs().registry) {
                let group = producer.group(of: receipt, as: Int64.self)
                let value = try await group.values(as: JSONValue.self, timeout: .seconds(30))
                #expect(value == [[12, 22], 10])
                #expect(try await group.values(timeout: .seconds(30)) == [12, 22, 10] as [Int64])
                guard case .group(let members)? = group.nested.first, case .task(let last)? = group.nested.last else {
                    Issue.record("\(group.nested)")
                    return
                }
                #expect(try await members.values(timeout: .zero) == [12, 22] as [Int64])
                #expect(try await last.value(timeout: .zero) == 10)
                let typed = producer.group(of: second, as: Int64.self)
                #expect(try await typed.values(as: [[Int64]].self, timeout: .seconds(30)) == [[12, 22], [5, 6]])
                let wrong = await #expect(throws: JobQueueError.self) {
                    try await typed.values(as: [Int64].self, timeout: .seconds(30))
                }
                #expect(wrong?.code == .unreadableResult)
                let failing = producer.group(of: third, as: Int64.self)
                await #expect(throws: TaskFailedError.self) {
                    try await failing.values(as: JSONValue.self, timeout: .seconds(30))
                }
            }
        }
    }

    @Test("a job may wait for a task of another queue, keeping its place")
    func inJob() async throws {
        try await QueueFixture.with { fixture in
            var registry = JobRegistry()
            registry.register(
                TestJob { arguments, context in
                    guard arguments.value == "outer" else { return "inner" }
                    let receipt = try await context.enqueue(TestJob.self, .init(value: "inner"))
                    let handle: TaskHandle<String> = context.results.handle(of: receipt.taskID)
                    let parent = try await context.waitKeepingPlace(for: handle, timeout: .seconds(30))
                    #expect(try await handle.parent()?.id == context.taskID)
                    return "outer of \(parent)"
                }
            )
            try await fixture.withWorker(registry) {
                let value = try await enqueue(fixture, "outer").value(timeout: .seconds(30))
                #expect(value == "outer of inner")
            }
        }
    }
}

extension TaskMessage {
    /// A task of the test job that nobody enqueued.
    static func sample(_ id: TaskID) -> TaskMessage {
        let task = NewTask(id: id, name: TestJob.name, queue: "work", keywordArguments: Array(#"{"value":"x"}"#.utf8))
        guard let message = try? TaskMessage(decoding: task.encoded(origin: "test")) else {
            preconditionFailure("what we write we read")
        }
        return message
    }
}
