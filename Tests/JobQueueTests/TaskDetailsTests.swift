import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("What a message says of its task")
struct TaskDetailsTests {
    private func details(_ fixture: String) throws -> TaskDetails {
        TaskDetails(reading: try #require(try CeleryFixture.envelopes(fixture).first))
    }

    @Test("all headers and properties of a captured message are there")
    func captured() throws {
        let stamped = try details("task-stamped")
        #expect(stamped.stamps == ["trace": ["t1", "t2"], "tenant": ["acme"]])
        #expect(stamped.stampedHeaders == ["trace", "tenant"])
        #expect(stamped.origin?.hasPrefix("gen") == true)
        #expect(stamped.replyTo != nil && stamped.correlationID != nil && stamped.priority == 0)
        #expect(stamped.shadow == nil && stamped.groupID == nil && stamped.parentID == nil && !stamped.isRedelivered)
        #expect(try details("task-shadow-headers").shadow != nil)
        #expect(try details("task-restored").isRedelivered)
    }

    @Test("what options say of a message is in it by Celery's names, and a job finds it there, also after a retry")
    func written() async throws {
        try await QueueFixture.with { fixture in
            let now = WireTime.now
            let options = EnqueueOptions(priority: 1, taskID: "told")
                .with {
                    $0.eta = now.advanced(by: .milliseconds(5))
                    $0.expires = now.advanced(by: .seconds(60))
                    $0.shadow = "shown"
                    $0.replyTo = "caller"
                    $0.headers = ["x-tenant": "acme", "x_ordering_key": "none", "id": "not mine"]
                    $0.stamps = ["trace": ["t1", "t2"], "tenant": ["acme"]]
                }
            try await fixture.producer.enqueue(TestJob.self, .init(value: "x"), options: options)
            let raw = try #require(try await fixture.command("ZRANGE", fixture.keys.scheduled, 0, 0)[0]?.bytes)
            let envelope = try JSONValue(parsing: raw)
            #expect(envelope["headers"]?["stamped_headers"] == ["tenant", "trace"])
            #expect(envelope["headers"]?["stamps"] == ["tenant": ["acme"], "trace": ["t1", "t2"]])
            #expect(envelope["headers"]?["id"] == "told" && envelope["headers"]?["shadow"] == "shown")
            let life = Int64(envelope["properties"]?["expiration"]?.string ?? "") ?? 0
            #expect((59_000...60_000).contains(life))

            let record = Record()
            let registry = TestJob.registry { _, context in
                let details = context.details
                record.add("\(details.shadow ?? "") \(details.replyTo ?? "") \(details.priority) \(details.stamps)")
                record.add(context.header("x-tenant") ?? "")
                guard context.attempt > 1 else { throw CancellationError() }
                return ""
            }
            try await fixture.withWorker(registry) {
                try await eventually("success") { try await fixture.result("told")?["status"] == "SUCCESS" }
            }
            #expect(record.all.count == 4 && Set(record.all).count <= 3 && record.all[1] == "acme")
            #expect(record.all[0].hasPrefix("shown caller 1 ") && record.all[0].contains(#""tenant": ["acme"]"#))
            #expect(record.all[2].hasPrefix("shown caller 1 "))
        }
    }

    @Test("two times of one kind contradict each other")
    func contradiction() async throws {
        try await QueueFixture.with { fixture in
            for options in [
                EnqueueOptions(delay: .seconds(1)).with { $0.eta = .now },
                EnqueueOptions(expiresAfter: .seconds(1)).with { $0.expires = .now },
            ] {
                await #expect(throws: JobQueueError.self) {
                    try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: options)
                }
            }
            let census = try await fixture.census()
            #expect(census.isEmpty)
        }
    }

    @Test("a message without any of them, and what is no message, says nothing")
    func nothing() {
        for raw in ["{}", "", "[]", #"{"headers":{"stamps":5,"group_index":"x"},"properties":{"priority":"high"}}"#] {
            let details = TaskDetails(reading: Array(raw.utf8))
            #expect(details.shadow == nil && details.stamps.isEmpty && details.stampedHeaders.isEmpty)
            #expect(details.groupIndex == nil && details.priority == 0 && !details.isRedelivered)
        }
    }

    @Test(
        "a priority counts as it was given and lands in its step, also beside a stamp of that name",
        arguments: [(0, 0), (2, 0), (3, 3), (5, 3), (6, 6), (8, 6), (9, 9), (12, 9)]
    )
    func priorities(priority: Int, step: Int) async throws {
        try await QueueFixture.with { fixture in
            let captured = try #require(try CeleryFixture.envelopes("task-stamped").first)
            var envelope = try #require(try JSONValue(parsing: captured).object)
            var headers = try #require(envelope["headers"]?.object)
            headers["stamps"] = ["priority": 1]
            envelope["headers"] = .object(headers)
            var properties = try #require(envelope["properties"]?.object)
            properties["priority"] = .integer(Int64(priority))
            envelope["properties"] = .object(properties)
            let raw = JSONValue.object(envelope).bytes
            #expect(TaskDetails(reading: raw).priority == priority)
            // Due by now, it goes to the list of its step when a worker comes by.
            _ = try await fixture.command("ZADD", fixture.keys.scheduled, 1, raw)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle()
            let list = step == 0 ? fixture.keys.ready : fixture.keys.byPriority[step / 3 - 1]
            #expect(try await fixture.command("LRANGE", list, 0, -1).array?.compactMap(\.bytes) == [raw])
        }
    }
}

extension EnqueueOptions {
    fileprivate func with(_ change: (inout EnqueueOptions) -> Void) -> EnqueueOptions {
        var options = self
        change(&options)
        return options
    }
}
