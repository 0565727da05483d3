import Assistant
import Feishu
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@Suite("Assistant's jobs on a real Redis")
struct AssistantJobsTests {
    private struct Fixture: Sendable {
        let redis: RedisClient
        let chat: FakeChat
        let registry: JobRegistry
        var producer: JobProducer { JobProducer(redis: redis) }

        func count(_ command: String, _ key: String) async throws -> Int64 {
            try await redis.send(RedisCommand(command, key)).integer ?? 0
        }
    }

    /// Runs a worker with the assistant's jobs while `body` runs.
    private func withWorker(
        model: any LanguageModel,
        _ body: (Fixture) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: .silent)
            defer { redis.close() }
            let chat = FakeChat()
            let fixture = Fixture(
                redis: redis,
                chat: chat,
                registry: .assistant(.fake(model: model, chat: chat, redis: redis))
            )
            let worker = JobWorker(
                configuration: WorkerConfiguration(queues: ["interactive", "minutes", "background"], concurrency: 20),
                registry: fixture.registry,
                redis: redis,
                logger: .silent
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await body(fixture)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    private func event(_ text: String, id: String = "om_1") -> FeishuEventJob.Arguments {
        .init(appID: "cli_1", event: .message(text: text, id: id))
    }

    @Test("a message is answered by the model, however often its event is delivered")
    func answers() async throws {
        let model = ScriptedModel(answers: [.success("**42**")])
        try await withWorker(model: model) { fixture in
            for _ in 0..<50 { try await fixture.producer.enqueue(FeishuEventJob.self, event("6 x 7?")) }
            try await fixture.producer.enqueue(FeishuEventJob.self, event("another", id: "om_2"))
            try await eventually("two answers") { fixture.chat.said.count == 2 }
            try await eventually("all events are routed") { try await fixture.count("LLEN", "interactive") == 0 }
            let said = fixture.chat.said.first { $0.target.messageID == "om_1" }
            #expect(said?.answer == "**42**")
            #expect(said?.target == ReplyTarget(appID: "cli_1", messageID: "om_1", chatID: "oc_1"))
            #expect(model.requests.count == 2)
            #expect(model.requests.contains { $0.messages.last == .user("6 x 7?") })
        }
    }

    @Test(
        "a transcript becomes minutes in the queue for long work",
        arguments: [Transcripts.chinese, Transcripts.english]
    )
    func minutes(text: String) async throws {
        try await withWorker(model: OfflineModel()) { fixture in
            try await fixture.producer.enqueue(FeishuEventJob.self, event(text))
            try await eventually("the minutes") { fixture.chat.said.count == 1 }
            let card = fixture.chat.said.first?.card
            #expect(card?["header"]?["title"]?["content"]?.string?.isEmpty == false)
            #expect(fixture.chat.said.first?.words.contains("([#5") == true)
        }
    }

    @Test("a command without a transcript, and a greeting without words, are told what to do")
    func usage() async throws {
        try await withWorker(model: OfflineModel()) { fixture in
            try await fixture.producer.enqueue(FeishuEventJob.self, event("/minutes", id: "om_1"))
            try await fixture.producer.enqueue(FeishuEventJob.self, event("help", id: "om_2"))
            try await fixture.producer.enqueue(FeishuEventJob.self, event("今天天气如何？", id: "om_3"))
            try await eventually("three answers") { fixture.chat.said.count == 3 }
            func said(_ id: String) -> Reply? { fixture.chat.said.first { $0.target.messageID == id }?.reply }
            #expect(said("om_1") == .markdown(AssistantTexts(.chinese).minutesUsage))
            #expect(said("om_2") == .markdown(AssistantTexts(.english).help))
            let honest = fixture.chat.said.first { $0.target.messageID == "om_3" }?.answer
            #expect(honest?.contains("LLM_PROVIDER=openai") == true)
        }
    }

    private struct NeverSaid: Error {}

    @Test("a failure that another try cannot help is told once, in the person's language, with a reference")
    func failure() async throws {
        let model = ScriptedModel(answers: [.failure(LanguageModelError(code: .unauthorised, model: "m"))])
        try await withWorker(model: model) { fixture in
            try await fixture.producer.enqueue(FeishuEventJob.self, event("为什么？"))
            try await eventually("the dead letter") { try await fixture.count("LLEN", "{interactive}:dead") == 1 }
            let text = try #require(fixture.chat.said.first?.footer)
            #expect(fixture.chat.said.count == 1)
            #expect(text.contains("请联系管理员") && text.contains("参考编号"))
            #expect(model.requests.count == 1)
        }
    }

    @Test("a failure that may pass is tried again, after the wait the model asks for, and nobody hears of it")
    func retries() async throws {
        let model = ScriptedModel(
            answers: [
                .failure(LanguageModelError(code: .rateLimited, model: "m", retryAfter: .milliseconds(50))),
                .success("好"),
            ]
        )
        try await withWorker(model: model) { fixture in
            try await fixture.producer.enqueue(FeishuEventJob.self, event("在吗"))
            try await eventually("the answer") { fixture.chat.said.count == 1 }
            #expect(fixture.chat.said[0].answer == "好")
        }
    }

    @Test("minutes come by extraction when the model fails for good, and say so")
    func minutesWithoutModel() async throws {
        let model = ScriptedModel(answers: [.failure(LanguageModelError(code: .quotaExhausted, model: "m"))])
        try await withWorker(model: model) { fixture in
            try await fixture.producer.enqueue(FeishuEventJob.self, event(Transcripts.chinese))
            try await eventually("the minutes") { fixture.chat.said.first?.words.contains("模型暂时不可用") == true }
            #expect(fixture.chat.said.count == 1)
            #expect(fixture.chat.said[0].words.contains("李娜"))
        }
    }

    @Test("Feishu's frequency limit is waited out, however often, and a message that is gone needs no answer")
    func chatFailures() async throws {
        try await withWorker(model: ScriptedModel(answers: [.success("好")])) { fixture in
            // More often than an answer has attempts.
            let refusal = FeishuError(kind: .rateLimited, message: "", retryAfter: .milliseconds(20))
            let refusals = AnswerJob.retry.maximumRetries + 3
            fixture.chat.fail(with: Array(repeating: refusal, count: refusals))
            try await fixture.producer.enqueue(FeishuEventJob.self, event("在吗"))
            try await eventually("the answer") { fixture.chat.said.count == 1 }
            fixture.chat.fail(with: [FeishuError(kind: .gone, message: "")])
            try await fixture.producer.enqueue(FeishuEventJob.self, event("在吗", id: "om_2"))
            try await eventually("the second try") { fixture.chat.replies == refusals + 2 }
            try await eventually("an empty queue") { try await fixture.count("LLEN", "interactive") == 0 }
            #expect(try await fixture.count("LLEN", "{interactive}:dead") == 0)
            #expect(fixture.chat.said.count == 1)
        }
    }

    @Test("the diagnosis jobs return, wait and fail as asked")
    func diagnosis() async throws {
        try await withWorker(model: OfflineModel()) { fixture in
            let value: JSONValue = ["a": [1, 2.5, true, nil, "中"]]
            let echo = try await fixture.producer.enqueue(EchoJob.self, .init(value: value)).taskID
            let sleep = try await fixture.producer.enqueue(SleepJob.self, .init(seconds: 0.01)).taskID
            let never = try await fixture.producer.enqueue(SleepJob.self, .init(seconds: -1)).taskID
            let fail = try await fixture.producer.enqueue(FailJob.self, .init(message: "on purpose")).taskID
            func result(_ id: TaskID) async throws -> JSONValue? {
                let bytes = try await fixture.redis.send(RedisCommand("GET", "celery-task-meta-\(id)")).bytes
                return try bytes.map { try JSONValue(parsing: $0) }
            }
            for id in [echo, sleep, never, fail] {
                try await eventually("a result of \(id)") { try await result(id) != nil }
            }
            #expect(try await result(echo)?["result"] == value)
            #expect(try await result(sleep)?["result"]?.double == 0.01)
            #expect(try await result(never)?["status"] == "FAILURE")
            #expect(try await result(fail)?["status"] == "FAILURE")
            #expect(try await result(fail)?["result"]?["exc_message"]?.text.contains("on purpose") == true)
        }
    }

    @Test("events that are no message are acknowledged and go nowhere")
    func otherEvents() async throws {
        try await withWorker(model: OfflineModel()) { fixture in
            for type in ["im.chat.disbanded_v1", "im.message.receive_v1", "made.up"] {
                let event: JSONValue = ["schema": "2.0", "header": ["event_type": .string(type)], "event": [:]]
                try await fixture.producer.enqueue(FeishuEventJob.self, .init(appID: "cli_1", event: event))
            }
            try await fixture.producer.enqueue(FeishuEventJob.self, event("/help"))
            try await eventually("the last one's answer") { fixture.chat.said.count == 1 }
            try await eventually("an empty queue") { try await fixture.count("LLEN", "interactive") == 0 }
            #expect(try await fixture.count("LLEN", "{interactive}:dead") == 0)
            #expect(fixture.chat.replies == 1)
        }
    }
}
