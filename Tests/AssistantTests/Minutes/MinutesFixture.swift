import Feishu
import JSON
import JobQueue
import JobQueueTesting
import LanguageModel
import MeetingMinutes
import NIOConcurrencyHelpers
import Redis
import TestSupport
import TimeZones

@testable import Assistant

/// Minutes that stand in a chat, on a real Redis, and a workplace and a chat that remember. No worker runs until a test wants
/// one.
struct MinutesFixture: Sendable {
    static let transcript = """
        Topic: Harbour cranes
        Date: 2026-11-20 10:00
        [00:00:05] Noor: The second crane stands still since Monday.
        [00:00:30] Ivo: I will order the gearbox by next Wednesday.
        [00:01:10] Noor: Somebody should write to the port office, Tess perhaps.
        [00:02:00] Tess: And the shifts have to be planned anew.
        """

    let answers: AnswerFixture
    let workplace: FakeMinutesWorkplace
    let id = MinutesID(appID: "cli_1", task: "minutes-1")

    var chat: FakeChat { answers.chat }
    var store: any MinutesStore { answers.parts.minutes }
    /// The card as it is now, as text.
    var card: String { chat.said.first { $0.card != nil }?.card?.text ?? "" }

    /// - Parameters:
    ///   - actions: The action items; three with owners by default.
    ///   - request: What was wanted; of `ou_asker` in `oc_1` by default.
    ///   - body: The test.
    /// - Throws: What `body` throws.
    static func with(
        actions: [Minutes.Action] = MinutesFixture.actions,
        request: MinutesRequest = MinutesFixture.request,
        _ body: (MinutesFixture) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: .silent)
            defer { redis.close() }
            let chat = FakeChat()
            let workplace = FakeMinutesWorkplace()
            let time = NIOLockedValueBox<Int64>(1_749_700_000_500)
            let parts = AssistantParts.fake(
                model: OfflineModel(),
                chat: chat,
                redis: redis,
                workplace: workplace,
                now: { time.withLockedValue { $0 } }
            )
            let answers = AnswerFixture(redis: redis, chat: chat, parts: parts, time: time, workplace: workplace)
            let fixture = MinutesFixture(answers: answers, workplace: workplace)
            var minutes = Minutes(source: .offline, language: .english, title: "Harbour cranes")
            minutes.actions = actions
            try await parts.minutes.begin(request, transcript: transcript, of: fixture.id)
            try await parts.minutes.keep(minutes, of: fixture.id)
            try await body(fixture)
        }
    }

    static let request = MinutesRequest(
        appID: "cli_1",
        target: ReplyTarget(appID: "cli_1", messageID: "om_1", chatID: "oc_1"),
        chatID: "oc_1",
        senderID: "ou_asker"
    )

    static let actions = [
        Minutes.Action(
            line: Minutes.Line(text: "Order the gearbox", utterances: [2], quote: "I will order the gearbox"),
            owner: "Ivo",
            due: "next Wednesday",
            dueDay: CivilTime(year: 2026, month: 11, day: 25)
        ),
        Minutes.Action(
            line: Minutes.Line(text: "Write to the port office", utterances: [3], doubts: [.owner]),
            owner: "Tess",
            due: nil
        ),
        Minutes.Action(line: Minutes.Line(text: "Plan the shifts anew", utterances: [4]), owner: nil, due: nil),
    ]

    var transcript: Transcript { TranscriptParser().parse(Self.transcript) }

    func progress(_ request: MinutesRequest = MinutesFixture.request) -> MinutesProgress {
        MinutesProgress(
            place: MinutesPlace(assistant: answers.parts, request: request, id: id),
            language: .english,
            logger: .silent
        )
    }

    /// Shows the minutes on their card.
    func show() async throws {
        guard let minutes = try await store.minutes(of: id) else { return }
        try await progress().finish(minutes, of: transcript)
    }

    /// Somebody clicks a button of the card.
    func click(
        _ action: MinutesCard.Action,
        item: Int? = nil,
        by user: String = "ou_clicker",
        in app: String = "cli_1",
        through producer: JobProducer? = nil
    ) async throws {
        var value: JSONObject = ["action": .string(action.rawValue), "minutes": .string(id.task)]
        if let item { value["item"] = .integer(Int64(item)) }
        let envelope: JSONValue = [
            "schema": "2.0",
            "header": ["event_id": "ev_1", "event_type": "card.action.trigger", "app_id": .string(app)],
            "event": [
                "operator": ["open_id": .string(user)], "token": "c-1",
                "action": ["value": .object(value), "tag": "button"],
                "context": [
                    "open_message_id": .string("om_of_\(id.task)/answer"), "open_chat_id": "oc_1",
                ],
            ],
        ]
        try await (producer ?? answers.producer)
            .enqueue(FeishuEventJob.self, .init(appID: app, event: envelope))
    }

    func idle() async throws { try await eventually("all is done") { try await answers.isIdle() } }

    /// Texts that were sent, each once a key.
    var texts: [String] {
        chat.said.compactMap { said in
            if case .text(let text) = said.reply { text } else { nil }
        }
    }

    /// Files that were sent: their names.
    var files: [String] {
        chat.said.compactMap { said in
            if case .file(let name, _) = said.reply { name } else { nil }
        }
    }
}
