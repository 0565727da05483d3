import Feishu
import JSON
import JobQueue
import LanguageModel
import Logging
import Plugins

/// One call of a plugin, from what is known to what is said.
struct SkillRun {
    let assistant: AssistantParts
    let plugins: PluginParts
    let arguments: SkillRunJob.Arguments
    let context: JobContext

    /// - Throws: What may go better in another attempt; and what ended the call, once the person was told of it.
    func run() async throws {
        let texts = try await texts()
        let voice = SkillVoice(chat: assistant.chat, arguments: arguments, context: context, texts: texts)
        guard let name = PluginName(arguments.plugin), let plugin = plugins.host.board.plugin(named: name) else {
            return try await voice.tell(texts.pluginIsGone(arguments.plugin), key: "gone")
        }
        guard plugin.condition.isCallable else {
            return try await voice.tell(texts.plugin(name.rawValue, is: plugin.condition), key: "gone")
        }
        if plugin.manifest.isSensitive, arguments.isApproved != true {
            return try await SkillConfirmation(plugins: plugins, arguments: arguments, context: context)
                .ask(plugin.manifest, by: voice)
        }
        let reply: SkillReply
        do {
            reply = try await SkillReply.journaled(in: context) { try await answer(of: plugin, texts) }
        } catch let failure as PluginFailure where failure != .cancelled {
            return try await fail(failure, plugin, voice)
        } catch let error as any Told where context.isFinal(error) {
            // What came with the message cannot be had.
            return try await voice.tell(texts.failure(error, reference: context.taskID.rawValue), key: "failure")
        }
        if let conversation = arguments.conversation {
            try await context.step("state") {
                try await plugins.memory.change(name, in: conversation.key, reply.state)
            }
        }
        try await voice.say(reply.parts)
        try await enqueue(reply.jobs)
    }

    private func answer(of plugin: HostedPlugin, _ texts: AssistantTexts) async throws -> PluginReply {
        let material = SkillMaterial(assistant: assistant, plugins: plugins, arguments: arguments, context: context)
        let call = try await material.call(of: plugin.manifest, language: texts.language.rawValue)
        return try await plugins.host.call(plugin.name, call, within: plugin.manifest.timeout)
    }

    /// Another attempt, where the plugin may be called twice and the time may help; else a word to the person.
    private func fail(_ failure: PluginFailure, _ plugin: HostedPlugin, _ voice: SkillVoice) async throws {
        context.logger.warning(
            "a plugin gave no answer",
            metadata: ["plugin": "\(plugin.name)", "error": "\(failure)"]
        )
        if failure.isTransient, plugin.manifest.isIdempotent, context.retriesLeft > 0 { throw failure }
        try await voice.tell(voice.texts.failure(failure, of: plugin.name.rawValue), key: "failure")
        // What the plugin refuses in words of its own is an answer.
        if case .refused = failure { return }
        throw FailedSkill(cause: failure)
    }

    private func texts() async throws -> AssistantTexts {
        guard let conversation = arguments.conversation else { return assistant.texts(for: arguments.content) }
        let state = try await assistant.conversations.state(of: conversation)
        return assistant.texts(for: arguments.message?.text ?? arguments.content, chosen: state.language)
    }

    /// The calls that the plugin asks for, each once.
    private func enqueue(_ jobs: [SkillReply.Job]) async throws {
        let depth = (arguments.depth ?? 0) + 1
        guard !jobs.isEmpty else { return }
        guard depth <= Self.mostCallsInARow else {
            context.logger.warning("a plugin goes on without an end", metadata: ["plugin": "\(arguments.plugin)"])
            return
        }
        for (index, job) in jobs.enumerated() {
            var next = arguments
            next.cause = .job
            next.content = job.content
            next.attachments = nil
            next.depth = depth
            let key = "\(SkillRunJob.name):\(context.taskID):\(index)"
            let options = EnqueueOptions(
                // So that one which asks for itself at once is no endless loop.
                delay: max(job.delay, .seconds(1)),
                deduplicationKey: key,
                orderingKey: arguments.lane,
                taskID: .derived(from: key)
            )
            try await context.enqueue(SkillRunJob.self, next, options: options)
        }
    }

    /// How many calls may each ask for the next.
    private static let mostCallsInARow = 100
}

extension SkillRunJob.Arguments {
    /// What such calls have in common that come one after the other: those of a conversation, else those of a plugin for
    /// one chat.
    var lane: OrderingKey? {
        let place = conversation?.key ?? "\(plugin):\(appID):\(chatID ?? "")"
        return OrderingKey("\(SkillRunJob.name):\(place)")
    }
}

/// A call that has failed, of which the person was told.
struct FailedSkill: RetryAdvising, CustomStringConvertible {
    let cause: PluginFailure

    var retryAdvice: RetryAdvice { .never }
    var description: String { "\(cause)" }
}
