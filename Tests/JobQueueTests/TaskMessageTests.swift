import JSON
import TestSupport
import Testing

@testable import JobQueue

@Suite("Task messages")
struct TaskMessageTests {
    @Test("reads every form of a message that Python workers run")
    func accepted() throws {
        let envelopes = try CeleryFixture.envelopes("accepted-by-python-worker")
        #expect(envelopes.count > 5)
        for envelope in envelopes {
            let message = try TaskMessage(decoding: envelope)
            #expect(message.name == "assistant.echo")
            #expect(String(decoding: message.body[message.arguments], as: UTF8.self).contains("hello"))
        }
    }

    @Test(
        "reads what Celery's own client publishes",
        arguments: [
            "task-simple", "task-kwargs", "task-noargs", "task-shadow-headers", "task-stamped",
            "task-body-encoding-none", "task-body-encoding-utf8", "task-timelimit", "task-priorities",
        ]
    )
    func captured(name: String) throws {
        let envelopes = try CeleryFixture.envelopes(name)
        #expect(!envelopes.isEmpty)
        for envelope in envelopes {
            let message = try TaskMessage(decoding: envelope)
            #expect(message.raw == envelope)
            #expect(!message.id.rawValue.isEmpty)
        }
    }

    @Test("names what is wrong with each broken message, and never stops the program")
    func malformed() throws {
        for entry in try CeleryFixture.load("malformed-messages")["messages"]?.array ?? [] {
            let raw = Array((entry["raw"]?.string ?? "").utf8)
            let note = entry["note"]?.string ?? ""
            // What breaks Python only: without properties we still know the task, and unknown names fail later.
            // What its headers say of a body is looked at where the body is.
            let isInAnotherForm = ["unknown compression", "compression declared, body plain"].contains(note)
            let isReadable =
                ["no properties", "no delivery_tag", "task name unknown"].contains(note) || note.hasPrefix("delivery_")
            if isReadable || isInAnotherForm {
                #expect((try TaskMessage(decoding: raw).bodyForm != nil) == isInAnotherForm)
            } else {
                #expect(throws: UnreadableMessage.self, "\(note)") { try TaskMessage(decoding: raw) }
            }
        }
    }

    @Test("refuses pickle and broken workflows with the reason")
    func refused() throws {
        func reason(_ name: String) throws -> UnreadableMessage.Reason? {
            let envelope = try #require(try CeleryFixture.envelopes(name).first)
            do throws(UnreadableMessage) {
                _ = try TaskMessage(decoding: envelope)
                return nil
            } catch {
                #expect(error.id != nil)
                return error.reason
            }
        }
        #expect(try reason("task-pickle") == .contentType("application/x-python-serialize"))
        let broken =
            #"{"body": "[[], {}, {\"chain\": [{\"args\": []}]}]", "content-type": "application/json", "#
            + #""headers": {"task": "a", "id": "b"}}"#
        do throws(UnreadableMessage) {
            _ = try TaskMessage(decoding: Array(broken.utf8))
            Issue.record("a step of a chain without a name is read")
        } catch {
            #expect(error.reason == .workflow)
        }
    }

    @Test(
        "reads the dates that Celery writes",
        arguments: [
            ("2026-11-23T14:02:23.777958+00:00", 1_795_442_543_777), ("2026-11-23T14:02:23+00:00", 1_795_442_543_000),
            ("2026-11-23T15:02:23+01:00", 1_795_442_543_000), ("2026-11-23T14:02:23", 1_795_442_543_000),
            ("2020-01-01T00:00:00.123Z", 1_577_836_800_123), ("2026-11-23 14:02:23,5", 1_795_442_543_500),
            ("20261123T140223Z", 1_795_442_543_000), ("1969-12-31T23:59:59-00:30", 1_799_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ] as [(String, Int64)]
    )
    func dates(text: String, milliseconds: Int64) throws {
        #expect(WireTime(text)?.milliseconds == milliseconds)
    }

    @Test(
        "refuses what is no date",
        arguments: ["", "tomorrow", "2026-13-01", "2026-11-23T25:00:00", "2026-11-23T14:02:23+", "12"]
    )
    func noDates(text: String) {
        #expect(WireTime(text) == nil)
    }

    @Test(
        "a date it writes is the date it reads",
        arguments: [0, -1, 1_795_442_543_777, 951_782_400_000, 4_102_444_799_999]
    )
    func dateRoundTrip(milliseconds: Int64) {
        let time = WireTime(milliseconds: milliseconds)
        #expect(WireTime(time.text) == time)
    }

    @Test("a message it writes is read back, with its body as JSON text")
    func written() throws {
        var task = NewTask(
            id: "4f0",
            name: "minutes.generate",
            queue: "minutes",
            keywordArguments: Array(#"{"text":"纪\"要\n"}"#.utf8)
        )
        task.eta = WireTime(milliseconds: 1_795_442_543_777)
        task.timeLimit = TaskTimeLimit(hard: .seconds(30), soft: .milliseconds(1500))
        task.ignoresResult = true
        let raw = task.encoded(origin: "gen1@host")
        let message = try TaskMessage(decoding: raw)
        #expect(message.id == "4f0")
        #expect(message.name == "minutes.generate")
        #expect(message.eta == task.eta)
        #expect(message.timeLimit == task.timeLimit)
        #expect(message.ignoresResult == true)
        #expect(message.rootID == "4f0")
        #expect(String(decoding: message.body[message.keywordArguments], as: UTF8.self) == #"{"text":"纪\"要\n"}"#)

        let envelope = try JSONValue(parsing: raw)
        #expect(envelope["properties"]?["delivery_info"] == ["exchange": "", "routing_key": "minutes"])
        #expect(envelope["properties"]?["body_encoding"] == nil)
        let expected = try #require(try CeleryFixture.load("task-simple")["messages_oldest_first"]?.array?.first)
        let headers = try #require(expected["envelope"]?["headers"]?.object)
        for header in headers.members { #expect(envelope["headers"]?[header.key] != nil, "\(header.key)") }
    }

    @Test(
        "a retry keeps all that Celery sent and changes only retries, eta, origin and delivery tag",
        arguments: ["task-stamped", "task-shadow-headers", "task-expires-seconds", "task-ignore-result", "task-group"]
    )
    func retried(name: String) throws {
        let raw = try #require(try CeleryFixture.envelopes(name).last)
        let before = try JSONValue(parsing: raw)
        let due = WireTime(milliseconds: 1_795_442_543_000)
        let after = try JSONValue(parsing: TaskMessage(decoding: raw).retried(at: due, spending: 1))
        #expect(after["headers"]?["retries"] == 1)
        #expect(after["headers"]?["eta"]?.string == due.text)
        #expect(after["properties"]?["delivery_tag"] != before["properties"]?["delivery_tag"])
        var restored = after.object
        var headers = after["headers"]?.object
        headers?["retries"] = before["headers"]?["retries"]
        headers?["eta"] = before["headers"]?["eta"]
        #expect(headers?["origin"] == .string(ProcessOrigin.text))
        headers?["origin"] = before["headers"]?["origin"]
        restored?["headers"] = headers.map(JSONValue.object)
        restored?["properties"] = before["properties"]
        #expect(restored.map(JSONValue.object) == before)
    }

    @Test("a retry of what was restored is no redelivery any more, and keeps what only its properties say")
    func retriedAfterRestoration() throws {
        let restored = try #require(try CeleryFixture.envelopes("task-restored").first)
        #expect(TaskDetails(reading: restored).isRedelivered)
        let again = try TaskMessage(decoding: restored).retried(at: .now, spending: 1)
        #expect(!TaskDetails(reading: again).isRedelivered)
        // A message that a Python worker published for a retry: it has members of its own in its properties.
        let envelope = try #require(
            try CeleryFixture.load("published-by-worker-retry")["published_by_worker"]?.array?.first?["envelope"]?
                .object
        )
        var properties = try #require(envelope["properties"]?.object)
        #expect(properties["origin"] != nil && properties["expiration"] != nil && properties["priority"] == 3)
        var plain = envelope
        plain["body"] = "[[1], {}, {}]"
        properties["body_encoding"] = nil
        plain["properties"] = .object(properties)
        let third = try TaskMessage(decoding: JSONValue.object(plain).bytes).retried(at: .now, spending: 1)
        let after = try JSONValue(parsing: third)
        #expect(after["headers"]?["retries"] == 2 && after["headers"]?["x-tenant"] == "acme")
        #expect(after["headers"]?["parent_id"] == envelope["headers"]?["parent_id"])
        for member in ["origin", "expiration", "priority", "reply_to", "correlation_id"] {
            #expect(after["properties"]?[member] == properties[member], "\(member)")
        }
    }

    @Test("random damage to a message is refused or read, never a crash", arguments: 0..<20)
    func fuzz(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let corpus = try [
            "task-simple", "task-kwargs", "task-stamped", "task-chain", "task-gzip", "malformed-messages",
        ]
        .flatMap { try CeleryFixture.envelopes($0) }
        var readable = 0
        for _ in 0..<500 {
            let raw = try #require(corpus.randomElement(using: &generator)).damaged(edits: 0...3, using: &generator)
            if let message = try? TaskMessage(decoding: raw) {
                readable += 1
                _ = message.retried(at: .now, spending: 1)
            }
        }
        #expect(readable > 0)
    }
}
