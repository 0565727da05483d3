import Feishu
import JobQueue
import Logging
import Plugins

extension MessageHandler {
    /// The plugin whose command a message begins with that was taken for a conversation.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - botID: The bot's open id.
    ///   - settings: Those of its chat.
    /// - Returns: Nil for a command of the assistant's own, too.
    func plugin(
        commandedIn message: MessageReceived,
        botID: String?,
        _ settings: AssistantSettings
    ) -> PluginRouting.Decision? {
        guard let plugins = assistant.plugins else { return nil }
        let text = message.plainText(droppingMentionOf: botID)
        guard Command(text, minutesWords: settings.minutesWords) == nil else { return nil }
        return plugins.host.board.routing.command(text, of: settings.plugins)
    }

    /// Has a plugin called for a message, once however often this runs, or says why it is not.
    ///
    /// - Parameters:
    ///   - decision: Which plugin.
    ///   - message: The message.
    ///   - target: Where the answer goes.
    ///   - conversation: What the message belongs to.
    ///   - botID: The bot, whose mention is none.
    /// - Throws: Errors of the chat platform and of the queue.
    func run(
        _ decision: PluginRouting.Decision,
        _ message: MessageReceived,
        _ target: ReplyTarget,
        _ conversation: Conversation,
        botID: String?
    ) async throws {
        let text = message.plainText(droppingMentionOf: botID)
        switch decision {
        case .unavailable(let plugin, let condition):
            let state = try await assistant.conversations.state(of: conversation)
            let texts = assistant.texts(for: text, chosen: state.language)
            let words = texts.plugin(plugin.rawValue, is: condition)
            try await assistant.chat.reply(.text(words), to: target, key: "\(context.taskID)/plugin")
        case .run(let plugin, let cause, let content):
            var arguments = SkillRunJob.Arguments(
                plugin: plugin,
                cause: cause,
                appID: target.appID,
                chatID: message.chatID
            )
            arguments.content = content
            arguments.message = SkillRunJob.Message(
                target: target,
                type: message.messageType,
                text: text,
                createdAt: message.createdAt ?? assistant.now(),
                isGroup: message.chatKind != .direct,
                threadID: message.threadID
            )
            arguments.senderID = message.sender.openID
            arguments.conversation = conversation
            let mentions = message.mentions.compactMap { mention -> SkillRunJob.Person? in
                guard let openID = mention.identity.openID, openID != botID else { return nil }
                return SkillRunJob.Person(openID: openID, name: mention.name)
            }
            arguments.mentions = mentions.isEmpty ? nil : mentions
            let attachments = MessageAttachment.all(in: message)
            arguments.attachments = attachments.isEmpty ? nil : attachments
            let key = "\(SkillRunJob.name):\(target.appID):\(target.messageID)"
            let receipt = try await context.enqueue(
                SkillRunJob.self,
                arguments,
                options: EnqueueOptions(
                    deduplicationKey: key,
                    orderingKey: arguments.lane,
                    taskID: .derived(from: key)
                )
            )
            context.logger.info(
                "enqueued",
                metadata: ["next_task": "\(SkillRunJob.name)", "next_task_id": "\(receipt.taskID)"]
            )
            await assistant.sign.show(on: target)
        }
    }
}
