package import Documents
package import Knowledge
package import LanguageModel
import Logging
package import TimeZones
package import ToolProtocol

/// What the assistant's jobs work with, made once by the program that runs them.
///
/// An object: as a value it would stand in the memory of every answer that waits for its model, in every function on the
/// way there.
package final class AssistantParts: Sendable {
    let profiles: ProfileBook
    let models: ModelPool
    let chat: any Chat
    let conversations: any ConversationStore
    let records: any AnswerRecords
    let feedback: any FeedbackStore
    let load: any AssistantLoadReader
    let messages: any MessageMarks
    let sign: WorkingSign
    let usage: any UsageLedger
    let minutes: any MinutesStore
    let workplace: any MinutesWorkplace
    let readings = MeetingReadings()
    /// Who gets minutes of their meetings by themselves.
    let autoMinutes: RedisAutoMinutes
    let patience: MinutesPatience
    /// Whether minutes get a document, too.
    let makesMinutesDocuments: Bool
    let documents: DocumentReader
    /// Nil where nothing understands speech.
    let transcription: TranscriptionModel?
    /// Nil where there is nothing to look up.
    let knowledge: KnowledgeIndex?
    /// What chats keep to look up.
    let shelves: Shelves
    /// What models may have called; empty where nothing is set up.
    let tools: ToolSet
    let reminders: ReminderDesk
    /// Nil where this process calls no plugins.
    let plugins: PluginParts?
    /// What events set off.
    let rules: RuleBook
    /// In which meetings have their day.
    let zone: TimeZoneRules
    let clock: any Clock<Duration>
    /// The time in milliseconds since 1970.
    let now: @Sendable () -> Int64

    package init(
        profiles: ProfileBook,
        models: ModelPool,
        chat: any Chat,
        conversations: any ConversationStore,
        records: any AnswerRecords,
        feedback: any FeedbackStore,
        load: any AssistantLoadReader,
        messages: any MessageMarks,
        sign: WorkingSign,
        usage: any UsageLedger,
        minutes: any MinutesStore,
        workplace: any MinutesWorkplace,
        autoMinutes: RedisAutoMinutes,
        patience: MinutesPatience = MinutesPatience(),
        makesMinutesDocuments: Bool = true,
        documents: DocumentReader = DocumentReader(),
        transcription: TranscriptionModel? = nil,
        knowledge: KnowledgeIndex? = nil,
        shelves: Shelves,
        tools: ToolSet,
        reminders: ReminderDesk,
        plugins: PluginParts? = nil,
        rules: RuleBook = RuleBook(),
        zone: TimeZoneRules = .shanghai,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Int64
    ) {
        self.profiles = profiles
        self.models = models
        self.chat = chat
        self.conversations = conversations
        self.records = records
        self.feedback = feedback
        self.load = load
        self.messages = messages
        self.sign = sign
        self.usage = usage
        self.minutes = minutes
        self.workplace = workplace
        self.autoMinutes = autoMinutes
        self.patience = patience
        self.makesMinutesDocuments = makesMinutesDocuments
        self.documents = documents
        self.transcription = transcription
        self.knowledge = knowledge
        self.shelves = shelves
        self.tools = tools
        self.reminders = reminders
        self.plugins = plugins
        self.rules = rules
        self.zone = zone
        self.clock = clock
        self.now = now
    }

    /// The texts for somebody who wrote this, where `chosen` is the language they asked for, if any.
    ///
    /// A command such as `/help` has no language of its own; `/模型` has.
    func texts(for text: String, chosen: String? = nil) -> AssistantTexts {
        if let language = chosen.flatMap({ WrittenLanguage(rawValue: $0) }) { return AssistantTexts(language) }
        let fallback = profiles.profiles.base.language
        guard text.hasPrefix("/") else { return AssistantTexts(for: text, fallback: fallback) }
        func isASCII(_ text: some StringProtocol) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
        if isASCII(text) { return AssistantTexts(fallback) }
        // `/模型 qwen-plus` is Chinese, and so is `/remind 明天下午三点 提交周报`.
        let word = text.prefix { !$0.isWhitespace }
        return AssistantTexts(for: isASCII(word) ? text : String(word), fallback: fallback)
    }

    /// What somebody is called in a group; nil in a direct chat, or where it cannot be known.
    func speaker(of message: AnswerJob.Arguments) async throws -> String? {
        guard message.isGroup == true, let senderID = message.senderID else { return nil }
        return try await chat.name(ofUser: senderID, inApp: message.target.appID)
    }

    /// Who shows the answer of a task, on the card that it may have already.
    func presenter(
        of message: AnswerJob.Arguments,
        task: String,
        _ texts: AssistantTexts,
        logger: Logger
    ) async throws -> AnswerPresenter {
        let presenter = AnswerPresenter(
            chat: chat,
            records: records,
            card: AnswerCard(texts: texts, task: task),
            arguments: message,
            logger: logger,
            clock: clock,
            now: now
        )
        await presenter.takeUp(try await records.record(of: task, inApp: message.target.appID))
        return presenter
    }
}
