import Feishu
import JSON
import JobQueue
import Logging
import Plugins

/// Asks the person before a sensitive plugin is called, on a card as for sensitive tools.
struct SkillConfirmation {
    let plugins: PluginParts
    let arguments: SkillRunJob.Arguments
    let context: JobContext

    /// Asks who wrote the message. Where nobody did, the plugin is not called.
    ///
    /// - Parameters:
    ///   - manifest: The plugin's.
    ///   - voice: How it is asked.
    /// - Throws: Errors of the chat platform and of Redis.
    func ask(_ manifest: PluginManifest, by voice: SkillVoice) async throws {
        guard arguments.message != nil, arguments.senderID != nil else {
            context.logger.warning(
                "a sensitive plugin is not called, since there is nobody to ask",
                metadata: ["plugin": "\(manifest.name)"]
            )
            return
        }
        try await plugins.memory.keep(pending: arguments, of: context.taskID.rawValue)
        let card = Self.card(arguments, of: context.taskID.rawValue, voice.texts, isApproved: nil)
        try await voice.say(.card(card), key: "question")
    }

    /// The card that asks, or says what was decided.
    static func card(
        _ arguments: SkillRunJob.Arguments,
        of task: String,
        _ texts: AssistantTexts,
        isApproved: Bool?
    ) -> JSONValue {
        let wanted = JSONValue.object(["message": .string(String(arguments.content.prefix(2_000)))]).text
        return AnswerCard(texts: texts, task: task).finished(
            texts.approval(of: [(arguments.plugin, wanted)]),
            footer: isApproved.map(texts.decided) ?? texts.waitsForApproval,
            offers: isApproved == nil ? [.approve, .deny] : []
        )
    }
}

extension CardActionHandler {
    /// Goes on with a call that waits for this person's word, once.
    ///
    /// - Parameters:
    ///   - task: What asked.
    ///   - isApproved: What they decided.
    ///   - click: The click.
    ///   - appID: Whose card it is.
    /// - Returns: Whether there was such a call.
    /// - Throws: Errors of the chat platform and of Redis.
    func decide(onSkillOf task: String, isApproved: Bool, _ click: CardAction, ofApp appID: String) async throws -> Bool
    {
        guard let plugins = assistant.plugins, let pending = try await plugins.memory.pending(of: task),
            pending.appID == appID
        else { return false }
        // It was asked of one person, and nobody else may decide.
        guard let asker = pending.senderID, asker == click.user.openID else {
            context.logger.info("somebody else decides on a plugin")
            return true
        }
        let key = "\(SkillRunJob.name):decided:\(task)"
        // The first word counts.
        guard try await plugins.memory.decide(on: task, by: context.taskID.rawValue) else { return true }
        if isApproved {
            var arguments = pending
            arguments.isApproved = true
            try await context.enqueue(
                SkillRunJob.self,
                arguments,
                options: EnqueueOptions(
                    deduplicationKey: key,
                    orderingKey: arguments.lane,
                    taskID: .derived(from: key)
                )
            )
        }
        try await show(pending, task, isApproved, click)
        return true
    }

    private func show(
        _ pending: SkillRunJob.Arguments,
        _ task: String,
        _ isApproved: Bool,
        _ click: CardAction
    ) async throws {
        guard let messageID = click.messageID else { return }
        let texts = assistant.texts(for: pending.message?.text ?? "")
        let card = SkillConfirmation.card(pending, of: task, texts, isApproved: isApproved)
        do {
            try await assistant.chat.replaceCard(in: messageID, with: card, ofApp: pending.appID)
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            // The decision counts all the same.
            context.logger.info("a card still asks", metadata: ["error": "\(error)"])
        }
    }
}
