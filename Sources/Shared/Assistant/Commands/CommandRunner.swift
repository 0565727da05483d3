import JobQueue
import LanguageModel
import Logging

/// Does what a command asks, at once, and answers it.
struct CommandRunner {
    let assistant: AssistantParts
    let context: JobContext

    /// A message with a command in it.
    struct Request {
        let command: Command
        let text: String
        let conversation: Conversation
        /// When it was written: milliseconds since 1970.
        let askedAt: Int64
        /// Whose use `/usage` tells, and who is reminded.
        let account: UsageAccount
        /// The message; nil for an item of the menu.
        var target: ReplyTarget?
        /// What `/remind` is to do, where it was said in other words.
        var reminder: ReminderCommand?
    }

    /// Does it, and returns what to say to it.
    ///
    /// - Throws: Errors of Redis, after which it may be run again.
    func answer(to request: Request) async throws -> Reply {
        let state = try await assistant.conversations.state(of: request.conversation)
        let texts = assistant.texts(for: request.text, chosen: state.language)
        let (chatID, appID) = (request.conversation.chatID, request.conversation.appID)
        if request.command == .minutesFile,
            let file = try await MinutesFile(latestIn: chatID, ofApp: appID, assistant)
        {
            return file.reply
        }
        return .markdown(try await answer(request, state, texts))
    }

    private func answer(_ request: Request, _ state: ConversationState, _ texts: AssistantTexts) async throws -> String
    {
        let conversation = request.conversation
        switch request.command {
        case .help:
            let plugins = texts.pluginCommands(
                assistant.plugins?.host.board ?? PluginBoard(),
                of: assistant.profiles.settings(for: conversation).plugins
            )
            return plugins.isEmpty ? texts.help : texts.help + "\n\n" + plugins
        case .new:
            try await context.step("new") { try await assistant.conversations.beginAnew(conversation) }
            return texts.newConversation
        case .stop: return texts.stopResult(try await stop(conversation, at: request.askedAt))
        case .model(let name): return try await choose(name, in: conversation, state, texts)
        case .language(let name): return try await speak(name, in: conversation, texts)
        case .status: return try await status(of: conversation, state, texts)
        case .minutes: return texts.minutesUsage
        case .autoMinutes(let isOn):
            return try await AutoMinutesDesk(store: assistant.autoMinutes, texts: texts).perform(
                isOn,
                for: request.account
            )
        // There are none, or they were sent.
        case .minutesFile: return texts.noMinutesYet
        case .minutesTemplates(let unknown):
            let settings = assistant.profiles.settings(for: conversation)
            return texts.minutesTemplates(
                settings.minutesTemplates,
                usual: settings.usualMinutesTemplate,
                unknown: unknown
            )
        // A message with it goes to `RememberJob`; an item of the menu quotes none.
        case .remember: return texts.rememberUsage
        case .files: return try await shelf(of: conversation, texts).list(now: assistant.now())
        case .forget(let which): return try await shelf(of: conversation, texts).forget(which)
        case .usage: return texts.usage(try await assistant.usage.summary(of: request.account))
        case .remind(let words):
            guard let target = request.target, let userID = request.account.userID else { return texts.help }
            return try await assistant.reminders.perform(
                request.reminder ?? ReminderCommand(words),
                for: target,
                by: userID,
                in: texts.language,
                context: context
            )
        }
    }

    private func shelf(of conversation: Conversation, _ texts: AssistantTexts) -> ShelfDesk {
        ShelfDesk(
            store: assistant.shelves.store,
            shelf: Shelf(appID: conversation.appID, chatID: conversation.chatID),
            texts: texts
        )
    }

    /// Ends the answer that is being written, on whatever worker, and drops what waits.
    ///
    /// - Throws: Errors of Redis, after which it may be run again.
    func stop(_ conversation: Conversation, at time: Int64) async throws -> Stopped {
        guard let lane = OrderingKey(answering: conversation) else { return Stopped(wasAnswering: false, dropped: 0) }
        // A second run finds nothing any more, and says what the first one did.
        let stopped = try await context.step("stop") {
            try await assistant.conversations.stop(conversation, at: time)
            let lane = try await context.cancelAll(of: lane, in: AnswerJob.queue)
            return Stopped(wasAnswering: lane.holder != nil, dropped: lane.dropped)
        }
        // All that waited is dropped, whenever it was written.
        await assistant.sign.removeAll(in: conversation, ofApp: conversation.appID, until: .max)
        return stopped
    }

    /// What a stop has ended.
    struct Stopped: Codable {
        /// Whether an answer was being written.
        let wasAnswering: Bool
        /// Messages that waited and will not be answered.
        let dropped: Int
    }

    private func choose(
        _ name: String?,
        in conversation: Conversation,
        _ state: ConversationState,
        _ texts: AssistantTexts
    ) async throws -> String {
        let names = assistant.models.names
        guard let name else { return texts.models(names, chosen: state.model ?? assistant.models.name) }
        guard let model = assistant.models.model(named: name) else { return texts.noSuchModel(name, names) }
        try await assistant.conversations.choose(model: model.name, in: conversation)
        return texts.modelChosen(model.name)
    }

    private func speak(_ name: String?, in conversation: Conversation, _ texts: AssistantTexts) async throws -> String {
        guard let name else { return texts.languages }
        if ["auto", "自动"].contains(name.lowercased()) {
            try await assistant.conversations.choose(language: nil, in: conversation)
            return texts.languageFollows
        }
        guard let language = WrittenLanguage(named: name) else { return texts.languages }
        try await assistant.conversations.choose(language: language.rawValue, in: conversation)
        return AssistantTexts(language).languageChosen
    }

    private func status(
        of conversation: Conversation,
        _ state: ConversationState,
        _ texts: AssistantTexts
    ) async throws -> String {
        let load = try await assistant.load.load(of: conversation)
        return texts.status(
            waiting: load.waiting,
            isAnswering: load.isAnswering,
            model: state.model ?? assistant.models.name
        )
    }
}

extension OrderingKey {
    /// What the answers of a conversation have in common.
    init?(answering conversation: Conversation) {
        self.init("\(AnswerJob.name):\(conversation.key)")
    }
}
