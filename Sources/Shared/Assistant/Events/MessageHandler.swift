import Feishu
import JobQueue
import Logging

/// What becomes of a message that somebody wrote: a command is obeyed at once, anything else is enqueued.
///
/// Safe to run twice: what it enqueues has an id derived from the message, and what it says a key.
struct MessageHandler {
    let assistant: AssistantParts
    let context: JobContext

    func handle(_ message: MessageReceived, ofApp appID: String) async throws {
        let settings = assistant.profiles.profiles.settings(appID: appID, chatID: message.chatID)
        let botID = MessageRoute.needsBotID(message) ? try await assistant.chat.botID(ofApp: appID) : nil
        let route = MessageRoute(message, botID: botID, settings: settings)
        let target = ReplyTarget(
            appID: appID,
            messageID: message.messageID ?? "",
            chatID: message.chatID,
            isInThread: message.threadID == nil ? nil : true
        )
        if case .ignored(let reason) = route {
            context.logger.debug("message needs no action", metadata: ["reason": "\(reason.rawValue)"])
            return
        }
        if try await assistant.messages.isRecalled(target.messageID, inApp: appID) {
            context.logger.debug("message was recalled before it came")
            return
        }
        guard try await assistant.admits(message.sender.openID, in: message.chatID, ofApp: appID) else {
            context.logger.info("somebody who is on no list was refused")
            let texts = assistant.texts(for: message.plainText())
            try await assistant.chat.reply(.text(texts.notAllowed), to: target, key: "\(context.taskID)/refusal")
            return
        }
        if message.chatKind == .direct, let userID = message.sender.openID, let chatID = message.chatID {
            try await assistant.messages.noteDirectChat(chatID, of: userID, inApp: appID)
        }
        let attachments = MessageAttachment.all(in: message)
        let conversation = settings.conversation(of: message, inApp: appID)
        if let file = attachments.first(where: { $0.kind == .file || $0.kind == .video }),
            let userID = message.sender.openID
        {
            try await assistant.shelves.store.noteSent(
                SentFile(messageID: target.messageID, attachment: file),
                by: userID,
                on: Shelf(appID: appID, chatID: conversation.chatID)
            )
        }
        switch route {
        case .ignored: break
        case .unreadable:
            let state = try await assistant.conversations.state(of: conversation)
            let texts = assistant.texts(for: "", chosen: state.language)
            let key = "\(context.taskID)/unreadable"
            try await assistant.chat.reply(.text(texts.unreadableMessage), to: target, key: key)
        case .command(.remember, let text):
            guard assistant.shelves.store.bounds.documents > 0, let userID = message.sender.openID else {
                return try await obey(.help, text, message, target, conversation)
            }
            let arguments = RememberJob.Arguments(
                target: target,
                text: text,
                chatID: conversation.chatID,
                senderID: userID,
                quotedMessageID: message.parentID
            )
            try await enqueue(RememberJob.self, arguments, OrderingKey("\(RememberJob.name):\(conversation.chatID)"))
            await assistant.sign.show(on: target)
        case .command(.minutes(_, let wish), let text):
            guard let source = try await source(ofMinutesFor: message, conversation) else {
                return try await obey(.minutes(""), text, message, target, conversation)
            }
            try await makeMinutes(of: source, text, wish, message, target, conversation)
        case .command(let command, let text):
            try await obey(command, text, message, target, conversation)
        case .minutes(let text, let wish):
            // What comes behind a plugin's command may be a conversation.
            if let decision = plugin(commandedIn: message, botID: botID, settings) {
                return try await run(decision, message, target, conversation, botID: botID)
            }
            try await makeMinutes(of: nil, text, wish, message, target, conversation)
        case .recording(let link, let wish, let words):
            try await makeMinutes(of: .recording(link: link), words, wish, message, target, conversation)
        case .answer("") where attachments.count == 1 && attachments[0].kind == .file && attachments[0].isRecording:
            let source = MinutesSource.file(sent: SentFile(messageID: target.messageID, attachment: attachments[0]))
            try await makeMinutes(of: source, "", MinutesWish(), message, target, conversation)
        case .answer(let text):
            if let decision = assistant.plugins?.host.board.routing.command(text, of: settings.plugins) {
                return try await run(decision, message, target, conversation, botID: botID)
            }
            if let reminder = assistant.reminders.command(inSentence: text) {
                return try await obey(.remind(text), text, message, target, conversation, reminder)
            }
            if let decision = assistant.plugins?.host.board.routing.mention(in: text, of: settings.plugins) {
                return try await run(decision, message, target, conversation, botID: botID)
            }
            let arguments = AnswerJob.Arguments(
                target: target,
                text: text,
                conversation: conversation,
                senderID: message.sender.openID,
                askedAt: message.createdAt,
                quotedMessageID: message.parentID,
                rootMessageID: message.rootID == message.parentID ? nil : message.rootID,
                isGroup: message.chatKind == .direct ? nil : true,
                attachments: attachments.isEmpty ? nil : attachments
            )
            await assistant.sign.expect(
                on: target,
                in: conversation,
                at: message.createdAt ?? assistant.now()
            )
            try await enqueue(
                AnswerJob.self,
                arguments,
                OrderingKey(answering: conversation),
                whileBusy: LanePolicy(settings.whileBusy),
                limits: [AnswerCapacity.limit: 1]
            )
            await assistant.sign.show(on: target)
            await tellPlaceInLine(arguments)
        }
    }

    /// Where many wait, the card of the answer is there before it, and says so.
    private func tellPlaceInLine(_ arguments: AnswerJob.Arguments) async {
        do {
            let load = try await assistant.load.load(of: arguments.place)
            guard load.waiting >= Self.longLine else { return }
            let task = AnswerJob.taskID(for: arguments.target.messageID, inApp: arguments.target.appID).rawValue
            let state = try await assistant.conversations.state(of: arguments.place)
            let texts = assistant.texts(for: arguments.text, chosen: state.language)
            let presenter = try await assistant.presenter(of: arguments, task: task, texts, logger: context.logger)
            try await presenter.announce(texts.placeInLine(load.waiting - 1))
        } catch {
            context.logger.debug("nobody is told of a place in line", metadata: ["error": "\(error)"])
        }
    }

    /// From how many waiting answers on people are told of it.
    private static let longLine = 5

    private func obey(
        _ command: Command,
        _ text: String,
        _ message: MessageReceived,
        _ target: ReplyTarget,
        _ conversation: Conversation,
        _ reminder: ReminderCommand? = nil
    ) async throws {
        let request = CommandRunner.Request(
            command: command,
            text: text,
            conversation: conversation,
            askedAt: message.createdAt ?? assistant.now(),
            account: UsageAccount(appID: target.appID, userID: message.sender.openID, chatID: message.chatID),
            target: target,
            reminder: reminder
        )
        let answer = try await CommandRunner(assistant: assistant, context: context).answer(to: request)
        try await assistant.chat.reply(answer, to: target, key: "\(context.taskID)/command")
    }

    /// Enqueues what follows from the message, once however often this runs, behind what followed from earlier messages
    /// of the conversation.
    func enqueue<J: MessageStep>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        _ lane: OrderingKey?,
        whileBusy: LanePolicy = .queue,
        limits: [LimitName: Int] = [:]
    ) async throws {
        let target = arguments.target
        let receipt = try await context.enqueue(
            job,
            arguments,
            options: EnqueueOptions(
                deduplicationKey: J.key(for: target.messageID, inApp: target.appID),
                orderingKey: lane,
                whileBusy: whileBusy,
                limits: limits,
                taskID: J.taskID(for: target.messageID, inApp: target.appID)
            )
        )
        context.logger.info(
            "enqueued",
            metadata: ["next_task": "\(J.name)", "next_task_id": "\(receipt.taskID)"]
        )
    }
}

extension AssistantSettings {
    /// What the message belongs to.
    func conversation(of message: MessageReceived, inApp appID: String) -> Conversation {
        Conversation(
            appID: appID,
            chatID: message.chatID ?? message.messageID ?? "",
            threadID: message.threadID,
            userID: message.chatKind == .direct || sharesGroupHistory ? nil : message.sender.openID
        )
    }
}

extension LanePolicy {
    init(_ setting: AssistantSettings.WhileBusy) {
        switch setting {
        case .queue: self = .queue
        case .supersede: self = .supersede
        case .drop: self = .drop
        }
    }
}
