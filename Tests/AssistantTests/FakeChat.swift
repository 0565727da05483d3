import Feishu
import JSON
import Knowledge
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import TimeZones
import ToolProtocol

@testable import Assistant

/// A chat that remembers what was said, once a key, and what became of each card.
final class FakeChat: Chat {
    struct Said: Equatable {
        let reply: Reply
        let target: ReplyTarget
        /// The card as it is now.
        var card: JSONValue?

        /// What an answer says; nil where it is no card.
        var answer: String? { element(AnswerCard.answerElement) }
        /// All that a card says in its elements.
        var words: String { card.map { CardReading($0).markdown } ?? "" }
        /// What stands above it.
        var title: String? { card?["header"]?["title"]?["content"]?.string }
        /// What stands below it.
        var footer: String? { element(AnswerCard.statusElement) }

        var buttons: [String] {
            let elements = card?["body"]?["elements"]?.array ?? []
            let columns = elements.flatMap { $0["columns"]?.array ?? [] }.flatMap { $0["elements"]?.array ?? [] }
            return (elements + columns).filter { $0["tag"] == "button" }.compactMap { $0["element_id"]?.string }
        }

        private func element(_ id: String) -> String? {
            let elements = card?["body"]?["elements"]?.array ?? []
            return elements.first { $0["element_id"]?.string == id }?["content"]?.string
        }
    }

    private struct State {
        var said: [String: Said] = [:]
        var replies = 0
        var failures: [FeishuError] = []
        var cards: [String: JSONValue] = [:]
        var sequences: [String: Int32] = [:]
        var shown: [String] = []
        var reactions: Set<String> = []
        var calls: [String] = []
        var edited: [String: CurrentMessage?] = [:]
        var refusals: [String: FeishuError] = [:]
        var singleRefusals: [String: FeishuError] = [:]
        var files: [String: [UInt8]] = [:]
        var attached: [String: [MessageAttachment]] = [:]
        var names: [String: String] = [:]
        var replacing: (@Sendable () async throws -> Void)?
    }

    private let state = NIOLockedValueBox(State())

    var said: [Said] {
        state.withLockedValue { state in
            state.said.values.map { said in
                var said = said
                switch said.reply {
                case .card(let json): said.card = json
                case .cardEntity(let id): said.card = state.cards[id]
                default: break
                }
                return said
            }
        }
    }
    var replies: Int { state.withLockedValue { $0.replies } }
    /// Names of all calls, in order.
    var calls: [String] { state.withLockedValue { $0.calls } }
    /// What growing cards showed, in order.
    var shown: [String] { state.withLockedValue { $0.shown } }
    /// The messages that have a reaction.
    var reactions: Set<String> { state.withLockedValue { $0.reactions } }

    func fail(with failures: FeishuError...) { fail(with: failures) }
    func fail(with failures: [FeishuError]) { state.withLockedValue { $0.failures = failures } }
    /// Somebody sent this.
    func upload(_ bytes: [UInt8], as key: String) { state.withLockedValue { $0.files[key] = bytes } }
    /// What a message has besides its text.
    func attach(_ attachments: [MessageAttachment], to messageID: String) {
        state.withLockedValue { $0.attached[messageID] = attachments }
    }
    /// A person is called so, and not Maya.
    func call(_ openID: String, _ name: String) { state.withLockedValue { $0.names[openID] = name } }
    /// Comes once, before a card that was sent whole is replaced.
    func beforeReplacingCard(_ body: @escaping @Sendable () async throws -> Void) {
        state.withLockedValue { $0.replacing = body }
    }
    /// All calls of this name fail from now on.
    func refuse(_ call: String, with error: FeishuError?) { state.withLockedValue { $0.refusals[call] = error } }
    /// The next call of this name fails.
    func refuseOnce(_ call: String, with error: FeishuError) {
        state.withLockedValue { $0.singleRefusals[call] = error }
    }
    /// The message says something else now; nil: it was recalled.
    func edit(_ messageID: String, to text: String?) {
        state.withLockedValue { $0.edited[messageID] = .some(text.map { CurrentMessage(text: $0, senderID: nil) }) }
    }

    private func call<Value>(_ name: String, _ body: (inout State) throws -> Value) throws -> Value {
        try state.withLockedValue { state in
            state.calls.append(name)
            if let error = state.singleRefusals.removeValue(forKey: name) ?? state.refusals[name] { throw error }
            return try body(&state)
        }
    }

    @discardableResult
    func reply(_ reply: Reply, to target: ReplyTarget, key: String) async throws -> String {
        try call("reply") { state in
            state.replies += 1
            if !state.failures.isEmpty { throw state.failures.removeFirst() }
            if state.said[key] == nil { state.said[key] = Said(reply: reply, target: target) }
            return "om_of_\(key)"
        }
    }

    @discardableResult
    func say(_ reply: Reply, to place: ChatPlace, ofApp appID: String, key: String) async throws -> String {
        try call("say") { state in
            let id =
                switch place {
                case .chat(let id), .user(let id): id
                }
            let target = ReplyTarget(appID: appID, messageID: "", chatID: id)
            if state.said[key] == nil { state.said[key] = Said(reply: reply, target: target) }
            return "om_of_\(key)"
        }
    }

    func forwardedMessages(in messageID: String, ofApp appID: String) async throws -> [ForwardedMessage] {
        [ForwardedMessage(sender: "Han", text: "one"), ForwardedMessage(sender: nil, text: "two")]
    }

    func botID(ofApp appID: String) async throws -> String { "ou_bot" }
    func mustSaveCalls(ofApp appID: String) async -> Bool { false }

    func addReaction(_ emoji: String, to target: ReplyTarget) async throws -> String {
        try call("addReaction") { state in
            state.reactions.insert(target.messageID)
            return "r_\(target.messageID)"
        }
    }

    func removeReaction(_ reactionID: String, from target: ReplyTarget) async throws {
        try call("removeReaction") { _ = $0.reactions.remove(target.messageID) }
    }

    func makeCard(_ card: JSONValue, ofApp appID: String) async throws -> String {
        try call("makeCard") { state in
            let id = "card_\(state.cards.count)"
            state.cards[id] = card
            return id
        }
    }

    private func change(_ name: String, _ card: CardOperation, _ body: (inout State) -> Void) throws {
        try call(name) { state in
            guard card.sequence > state.sequences[card.cardID] ?? 0 else {
                throw FeishuError(kind: .conflict, message: "sequence", reason: .sequence)
            }
            state.sequences[card.cardID] = card.sequence
            body(&state)
        }
    }

    func show(in element: String, of card: CardOperation, _ text: @escaping @Sendable () -> String) async throws {
        try change("show", card) { $0.shown.append(text()) }
    }

    func reopen(_ card: CardOperation) async throws { try change("reopen", card) { _ in } }
    func close(_ card: CardOperation, summary: String) async throws { try change("close", card) { _ in } }

    func replace(_ card: CardOperation, with json: JSONValue) async throws {
        try change("replace", card) { $0.cards[card.cardID] = json }
    }

    func replaceCard(in messageID: String, with json: JSONValue, ofApp appID: String) async throws {
        let replacing = state.withLockedValue { state in
            defer { state.replacing = nil }
            return state.replacing
        }
        try await replacing?()
        try call("replaceCard") { state in
            guard messageID.hasPrefix("om_of_") else { return }
            let key = String(messageID.dropFirst("om_of_".count))
            if let said = state.said[key] { state.said[key] = Said(reply: .card(json), target: said.target) }
        }
    }

    func currentMessage(_ messageID: String, ofApp appID: String) async throws -> CurrentMessage? {
        try call("currentMessage") { state in
            if let edited = state.edited[messageID] { return edited }
            return CurrentMessage(text: "", senderID: nil, attachments: state.attached[messageID] ?? [])
        }
    }

    func departments(ofUser openID: String, inApp appID: String) async throws -> Set<String> {
        try call("departments") { _ in ["od_sales"] }
    }

    func name(ofUser openID: String, inApp appID: String) async throws -> String? {
        state.withLockedValue { $0.names[openID] ?? "Maya" }
    }

    func download(
        _ key: String,
        of messageID: String,
        isImage: Bool,
        inApp appID: String
    ) async throws -> [UInt8] { try call("download") { $0.files[key] ?? [] } }
}

extension AssistantParts {
    /// The parts on a real Redis, with a chat and models of the test's own.
    static func fake(
        model: any LanguageModel,
        chat: any Chat,
        redis: RedisClient,
        profiles: ProfileBook = ProfileBook(),
        budgets: UsageBudgets = UsageBudgets(),
        knowledge: KnowledgeIndex? = nil,
        shelfBounds: ShelfBounds = ShelfBounds(),
        tools: ToolSet = ToolSet([], logger: .silent),
        workplace: any MinutesWorkplace = FakeMinutesWorkplace(),
        patience: MinutesPatience = MinutesPatience(),
        transcription: TranscriptionModel? = nil,
        plugins: PluginParts? = nil,
        makesMinutesDocuments: Bool = true,
        now: @escaping @Sendable () -> Int64 = { 1_749_700_000_500 }
    ) -> AssistantParts {
        AssistantParts(
            profiles: profiles,
            models: ModelPool([model], logger: .silent),
            chat: chat,
            conversations: RedisConversationStore(redis: redis),
            records: RedisAnswerRecords(redis: redis),
            feedback: RedisFeedbackStore(redis: redis),
            load: RedisAssistantLoad(redis: redis),
            messages: RedisMessageMarks(redis: redis),
            sign: WorkingSign(chat: chat, redis: redis, logger: .silent),
            usage: RedisUsageLedger(
                redis: redis,
                budgets: budgets,
                calendar: UsageCalendar(utcOffset: .seconds(28_800)),
                now: now
            ),
            minutes: RedisMinutesStore(redis: redis, now: now),
            workplace: workplace,
            autoMinutes: RedisAutoMinutes(redis: redis),
            patience: patience,
            makesMinutesDocuments: makesMinutesDocuments,
            transcription: transcription,
            knowledge: knowledge,
            shelves: Shelves(RedisShelves(redis: redis, bounds: shelfBounds, now: now)),
            tools: tools,
            reminders: ReminderDesk(reminders: RedisReminders(redis: redis), zone: .shanghai),
            plugins: plugins,
            now: now
        )
    }
}
