import Feishu
import JSON
import JobQueue
import Knowledge
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing
import ToolProtocol

@testable import Assistant

/// A worker with the assistant's jobs on a real Redis, a chat that remembers, and a model of the test's own.
struct AnswerFixture: Sendable {
    let redis: RedisClient
    let chat: FakeChat
    let parts: AssistantParts
    let time: NIOLockedValueBox<Int64>
    let workplace: FakeMinutesWorkplace

    var producer: JobProducer { JobProducer(redis: redis) }

    static func with(
        model: any LanguageModel,
        profiles: AssistantProfiles = AssistantProfiles(),
        budgets: UsageBudgets = UsageBudgets(),
        knowledge: KnowledgeIndex? = nil,
        shelfBounds: ShelfBounds = ShelfBounds(),
        tools: ToolSet = ToolSet([], logger: .silent),
        patience: MinutesPatience = MinutesPatience(),
        transcription: TranscriptionModel? = nil,
        plugins: (any PluginHost)? = nil,
        _ body: (AnswerFixture) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: .silent)
            defer { redis.close() }
            let chat = FakeChat()
            let workplace = FakeMinutesWorkplace()
            let time = NIOLockedValueBox<Int64>(1_749_700_000_500)
            let parts = AssistantParts.fake(
                model: model,
                chat: chat,
                redis: redis,
                profiles: ProfileBook(profiles),
                budgets: budgets,
                knowledge: knowledge,
                shelfBounds: shelfBounds,
                tools: tools,
                workplace: workplace,
                patience: patience,
                transcription: transcription,
                plugins: plugins.map { PluginParts(host: $0, memory: PluginMemory(redis: redis)) },
                now: { time.withLockedValue { $0 } }
            )
            let fixture = AnswerFixture(redis: redis, chat: chat, parts: parts, time: time, workplace: workplace)
            try await fixture.withWorker { try await body(fixture) }
        }
    }

    func withWorker(_ body: () async throws -> Void) async throws {
        let worker = JobWorker(
            configuration: WorkerConfiguration(queues: ["interactive", "minutes", "background"], concurrency: 20),
            registry: .assistant(parts),
            redis: redis,
            logger: .silent
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Somebody writes to the bot.
    func write(
        _ text: String,
        id: String,
        at time: Int64 = 1_749_700_000_000,
        in chat: String = "oc_1",
        inGroup: Bool = false,
        quoting parent: String? = nil
    ) async throws {
        // In a group the bot has to be mentioned.
        var envelope =
            inGroup
            ? JSONValue.message(text: "@_user_1 \(text)", chat: "group", mentions: ["ou_bot"], id: id)
            : JSONValue.message(text: text, id: id)
        guard case .object(var root) = envelope, case .object(var event)? = root["event"],
            case .object(var message)? = event["message"]
        else { return }
        message["chat_id"] = .string(chat)
        message["parent_id"] = parent.map(JSONValue.string)
        message["create_time"] = .string(String(time))
        event["message"] = .object(message)
        root["event"] = .object(event)
        envelope = .object(root)
        let options = EnqueueOptions(orderingKey: OrderingKey("cli_1:\(chat)"))  // As the gateway does.
        try await producer.enqueue(FeishuEventJob.self, .init(appID: "cli_1", event: envelope), options: options)
    }

    /// Somebody presses a button of the answer to a message.
    func press(
        _ action: String,
        ofAnswerTo messageID: String,
        event id: String = "ev_click",
        by user: String = "ou_1"
    ) async throws {
        try await press(
            action,
            ofTask: AnswerJob.taskID(for: messageID, inApp: "cli_1").rawValue,
            event: id,
            by: user
        )
    }

    /// Somebody presses a button of the card of a task.
    func press(_ action: String, ofTask task: String, event id: String, by user: String = "ou_1") async throws {
        let value: JSONValue = ["action": .string(action), "task": .string(task)]
        let envelope: JSONValue = [
            "schema": "2.0",
            "header": [
                "event_id": .string(id), "event_type": "card.action.trigger", "app_id": "cli_1",
                "create_time": "1749700001000000",
            ],
            "event": [
                "operator": ["open_id": .string(user)], "token": "c-1", "action": ["value": value, "tag": "button"],
                "context": ["open_message_id": "om_card", "open_chat_id": "oc_1"],
            ],
        ]
        try await producer.enqueue(FeishuEventJob.self, .init(appID: "cli_1", event: envelope))
    }

    /// Somebody takes a message back.
    func recall(_ messageID: String) async throws {
        try await raise(
            "im.message.recalled_v1",
            ["message_id": .string(messageID), "chat_id": "oc_1", "recall_type": "message_owner"]
        )
    }

    /// Any event comes.
    func raise(_ type: String, _ event: JSONValue) async throws {
        let envelope: JSONValue = [
            "schema": "2.0", "header": ["event_id": "ev_1", "event_type": .string(type), "app_id": "cli_1"],
            "event": event,
        ]
        try await producer.enqueue(FeishuEventJob.self, .init(appID: "cli_1", event: envelope))
    }

    /// Somebody sends something that is no text.
    func send(_ type: String, _ content: JSONValue, id: String) async throws {
        let envelope = JSONValue.message(content: content.text, type: type, id: id)
        try await producer.enqueue(FeishuEventJob.self, .init(appID: "cli_1", event: envelope))
    }

    /// What was said to a message; its card, where there is more.
    func said(to messageID: String) -> FakeChat.Said? {
        let said = chat.said.filter { $0.target.messageID == messageID }
        return said.first { $0.card != nil } ?? said.first
    }

    func state(thread: String? = nil) async throws -> ConversationState {
        try await parts.conversations.state(of: conversation)
    }

    var conversation: Conversation { Conversation(appID: "cli_1", chatID: "oc_1") }

    /// Nothing is left to do.
    func isIdle() async throws -> Bool {
        for key in ["interactive", "{interactive}:lanes", "{interactive}:scheduled"] {
            guard try await redis.send(RedisCommand("EXISTS", key)).integer == 0 else { return false }
        }
        let inflight = try await redis.send(RedisCommand("KEYS", "{interactive}:inflight:*")).array ?? []
        return inflight.isEmpty
    }
}
