import JSON
import JobPayload
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Canvases on a real Redis")
struct CanvasTests {
    private func with(_ body: @Sendable (QueueFixture, CanvasJobs) async throws -> Void) async throws {
        try await QueueFixture.with { fixture in
            let jobs = CanvasJobs()
            try await fixture.withWorker(jobs.registry) { try await body(fixture, jobs) }
            #expect(try await fixture.census().filter { $0.key != "dead" } == [:])
        }
    }

    @Test("a chain passes each result on, an immutable step goes without")
    func chain() async throws {
        try await with { fixture, jobs in
            let sum = try await fixture.outcome(of: Signature(.chain([.add(1, 2), .add(3), .add(4)])))
            #expect(sum["result"] == 10)
            #expect(jobs.record.all == ["add 1 2", "add 3 3", "add 6 4"])
            let other = try await fixture.outcome(of: Signature(.chain([.add(1, 2), .add(3, 4).immutable])))
            #expect(other["result"] == 7)
        }
    }

    @Test("a task in a chain has the one before it as its parent, and the one after it as its child")
    func family() async throws {
        try await with { fixture, _ in
            let first = TaskID.random()
            var chain = Signature(.chain([.add(1, 2), .add(3)]))
            chain.members[0].taskID = first.rawValue
            let last = try await fixture.outcome(of: chain)
            #expect(last["parent_id"]?.string == first.rawValue)
            let children = try await fixture.result(first)?["children"]
            #expect(children == [[[last["task_id"]!, nil], nil]])
        }
    }

    @Test("a chord calls its body once with the results in the order of its header")
    func chord() async throws {
        try await with { fixture, jobs in
            let header = (0..<20).map { Signature.add(.integer($0), 1) }
            let result = try await fixture.outcome(of: Signature(.chord(header: header, body: .same)))
            #expect(result["result"] == .array((1...20).map { .integer($0) }))
            #expect(jobs.record.all.filter { $0.hasPrefix("same") }.count == 1)
            let keys = try await fixture.command("KEYS", "celery-taskset-meta-*").array?.compactMap(\.string) ?? []
            #expect(keys.allSatisfy { $0.hasSuffix(".c") })
        }
    }

    @Test("chords, chains and groups in each other give nested results")
    func nested() async throws {
        try await with { fixture, _ in
            let inner = Signature(.chord(header: [.add(1, 1), .add(2, 2)], body: .total))
            let chain = Signature(.chain([.add(10, 1), .add(5), Signature(.group([.add(1), .add(2)]))]))
            let header = [inner, chain, .add(0, 0)]
            let result = try await fixture.outcome(of: Signature(.chord(header: header, body: .same)))
            #expect(result["result"] == [6, [17, 18], 0])

            let group = Signature(.group([.add(1), .add(2)]))
            let steps = [.add(1, 1), group, .total, .add(100), group, .same] as [Signature]
            let long = try await fixture.outcome(of: Signature(.chain(steps)))
            #expect(long["result"] == [108, 109])
        }
    }

    @Test("text in results reaches the body of a chord unchanged")
    func texts() async throws {
        try await with { fixture, _ in
            let values: [JSONValue] = [
                "quote \" backslash \\ slash / newline \n tab \t", "中文 🙂 \u{7f}\u{2028}", "", "%1 %% %d",
                [nil, true, false, 1.5, -3, 9_007_199_254_740_993, [], JSONValue.object(JSONObject())],
            ]
            let header = values.map { Signature(.task("same"), arguments: [$0]) }
            let result = try await fixture.outcome(of: Signature(.chord(header: header, body: .same)))
            #expect(result["result"] == .array(values))
        }
    }

    @Test("callbacks are called with the result, error callbacks with the id of what failed")
    func callbacks() async throws {
        try await with { fixture, jobs in
            let one = Signature.add(10).with(["task_id": "one"])
            let two = Signature.add(20).with(["task_id": "two"])
            let task = Signature.add(1, 1).with(["link": [one.json, two.json]])
            let result = try await fixture.outcome(of: task)
            #expect(try await fixture.final("one")["result"] == 12)
            #expect(try await fixture.final("two")["result"] == 22)
            let child = result["children"]?.array?.first
            #expect(child?.array?[1].array?.count == 2)

            let failing = Signature.fail.with(["link_error": [Signature.same.with(["task_id": "told"]).json]])
            let failure = try await fixture.outcome(of: failing)
            #expect(failure["status"] == "FAILURE")
            #expect(try await fixture.final("told")["result"] == failure["task_id"])
            #expect(jobs.record.all.count == 5)
        }
    }

    @Test("what a failing chain has left fails with it")
    func failingChain() async throws {
        try await with { fixture, jobs in
            let chain = Signature(.chain([.add(1, 1), .fail, .add(1).with(["task_id": "third"]), .add(1)]))
            let last = try await fixture.outcome(of: chain)
            #expect(last["status"] == "FAILURE")
            #expect(last["result"]?["exc_type"] == "ValueError")
            #expect(try await fixture.final("third")["status"] == "FAILURE")
            #expect(jobs.record.all == ["add 1 1", "fail"])
        }
    }

    @Test("a failing chord fails its body, tells its error callbacks, and fails the chord around it")
    func failingChord() async throws {
        try await with { fixture, _ in
            let told = Signature.same.with(["task_id": "told"])
            let body = Signature.total.with(["task_id": "body", "link_error": [told.json]])
            let failing = Signature.fail.with(["task_id": "culprit"])
            let inner = Signature(.chord(header: [.add(1, 1), failing], body: body))
            let outer = Signature(.chord(header: [inner, .add(2, 2)], body: .same))
            let result = try await fixture.outcome(of: outer)
            #expect(result["status"] == "FAILURE")
            let failure = try await fixture.final("body")
            #expect(failure["result"]?["exc_type"] == "ChordError")
            let text = #"Dependency culprit raised ValueError("it's bad")"#
            #expect(failure["result"]?["exc_message"] == [.string(text)])
            let around = #"Dependency body raised ChordError('Dependency culprit raised ValueError("it\'s bad")')"#
            #expect(result["result"]?["exc_message"] == [.string(around)])
            #expect(try await fixture.final("told")["result"] == "body")
        }
    }

    @Test("where bodies and results are encrypted, so are those of canvases")
    func encrypted() async throws {
        try await QueueFixture.with { fixture in
            let payload = JobPayload(encryption: try PayloadTests.ring("k"))
            let jobs = CanvasJobs()
            func work(on queues: [QueueName], _ body: () async throws -> Void) async throws {
                var configuration = fixture.configuration
                configuration.queues = queues
                let worker = JobWorker(
                    configuration: configuration,
                    registry: jobs.registry,
                    redis: fixture.redis,
                    logger: QueueFixture.logger,
                    payload: payload
                )
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await worker.run() }
                    try await body()
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
            func expectNothingReadable() async throws {
                for key in try await fixture.command("KEYS", "*").array ?? [] {
                    let dump = try await fixture.command("DUMP", key.string ?? "").bytes ?? []
                    #expect(dump.firstRange(of: Array("nobody else".utf8)) == nil, "\(key.string ?? "")")
                }
            }
            _ = try await fixture.command("CONFIG", "SET", "rdbcompression", "no")
            let producer = JobProducer(redis: fixture.redis, payload: payload)
            let secret = "what nobody else may read"
            func same(_ text: String) -> Signature { Signature(.task("same"), arguments: [.string(text)]) }
            let body = Signature.same.with(["task_id": "body", "queue": "other"])
            let header = [same(secret), Signature(.chain([same(secret + " 2"), .same]))]
            let tail = same(secret + " either").immutable
            let canvas = Signature(.chain([Signature(.chord(header: header, body: body)), tail]))
            let receipt = try await producer.call(canvas, queue: fixture.queue)
            try await work(on: [fixture.queue]) {
                try await eventually("the body is called") { try await fixture.command("LLEN", "other").integer == 1 }
            }
            try await expectNothingReadable()
            try await work(on: [fixture.queue, "other"]) { _ = try await fixture.final(receipt.resultID) }
            #expect(jobs.record.all.contains(#"same ["\#(secret)","\#(secret) 2"]"#))
            try await expectNothingReadable()
            let value = try await producer.results.handle(of: "body", as: JSONValue.self).value(timeout: .seconds(5))
            #expect(value == [.string(secret), .string(secret + " 2")])
        }
    }

    @Test("a chord whose member is expired, revoked or unknown fails instead of waiting")
    func endedMembers() async throws {
        try await with { fixture, _ in
            let expired = Signature.add(1, 1).with(["expires": "2020-01-01T00:00:00+00:00"])
            let unknown = Signature(.task("nobody.knows"))
            for member in [expired, unknown] {
                let chord = Signature(.chord(header: [.add(1, 1), member], body: .total))
                let result = try await fixture.outcome(of: chord)
                #expect(result["result"]?["exc_type"] == "ChordError")
            }
        }
    }

    @Test(
        "failures of tasks that are never called tell what Celery's do: the traceback, and where wanted name and arguments"
    )
    func toldFailures() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.configuration
            configuration.extendsResults = true
            configuration.resultFailureExpires = .seconds(7_200)
            try await fixture.withWorker(CanvasJobs().registry, configuration: configuration) {
                let third = Signature.add(1).with(["task_id": "third", "parent_id": "told", "retries": 2])
                let chain = Signature(.chain([.fail.with(["task_id": "first"]), third]))
                let last = try await fixture.outcome(of: chain)
                let first = try await fixture.final("first")
                #expect(last["traceback"] == first["traceback"])
                #expect(last["traceback"]?.string?.hasSuffix("\nValueError: it's bad\n") == true)
                #expect(last["name"] == "add" && last["args"] == [1] && last["kwargs"] == [:])
                #expect(last["worker"] == .null && last["queue"] == .null && last["retries"] == 2)
                #expect(first["worker"] != .null && first["queue"] == "work")
                let life = try await fixture.command("PTTL", BrokerNames.plain.result(of: "third")).integer ?? 0
                #expect((7_000_000...7_200_000).contains(life))

                let body = Signature.total.with(["task_id": "body"])
                let chord = Signature(.chord(header: [.fail.with(["task_id": "culprit"])], body: body))
                let after = Signature(.chain([chord, .same.with(["task_id": "after"])]))
                _ = try await fixture.outcome(of: after)
                let failure = try await fixture.final("body")
                let lines = failure["traceback"]?.string?.split(separator: "\n") ?? []
                #expect(lines.first == "Traceback (most recent call last):")
                #expect(
                    lines.last
                        == #"celery.exceptions.ChordError: Dependency culprit raised ValueError("it's bad")"#
                )
                #expect(failure["name"] == nil, "Celery has no request there")
                let rest = try await fixture.final("after")
                #expect(rest["traceback"] == .null && rest["name"] == "same")
                #expect(rest["result"] == failure["result"])

                let group = Signature(.group([.same.with(["task_id": "member"])]))
                let grouped = Signature(.chord(header: [.fail], body: group))
                _ = try await fixture.producer.call(grouped, queue: fixture.queue)
                let member = try await fixture.final("member")
                #expect(member["result"]?["exc_type"] == "ValueError")
                #expect(member["traceback"]?.string?.hasSuffix("\nValueError: it's bad\n") == true)
            }
        }
    }

    @Test("where results are kept for ever, what is left of a failed chord is not")
    func boundedKeys() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.configuration
            configuration.resultExpires = .zero
            var producer = fixture.producer
            producer.resultExpires = .zero
            try await fixture.withWorker(CanvasJobs().registry, configuration: configuration) {
                let body = Signature.total.with(["task_id": "body"])
                let chord = Signature(.chord(header: [.fail, .add(1, 1)], body: body))
                try await producer.call(chord, queue: fixture.queue)
                let failure = try await fixture.final("body")
                #expect(try await fixture.command("PTTL", BrokerNames.plain.result(of: "body")).integer == -1)
                #expect(failure["status"] == "FAILURE")
                let keys = try await fixture.command("KEYS", "celery-taskset-meta-*").array?.compactMap(\.string) ?? []
                #expect(Set(keys.map { $0.suffix(2) }) == [".j", ".d"])
                for key in keys {
                    let life = try await fixture.command("PTTL", key).integer ?? 0
                    #expect((86_000_000...86_400_000).contains(life), "\(key)")
                }
            }
        }
    }

    @Test("a producer keeps what it sets up of a chord as long as it is told")
    func producersLife() async throws {
        try await QueueFixture.with { fixture in
            var producer = fixture.producer
            producer.resultExpires = .seconds(7_200)
            try await producer.call(Signature(.chord(header: [.add(1, 1)], body: .total)), queue: fixture.queue)
            let keys = try await fixture.command("KEYS", "celery-taskset-meta-*.s").array?.compactMap(\.string) ?? []
            let life = try await fixture.command("PTTL", try #require(keys.first)).integer ?? 0
            #expect((7_000_000...7_200_000).contains(life))
        }
    }
}
