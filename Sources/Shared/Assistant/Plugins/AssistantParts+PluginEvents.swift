import JSON
import JobQueue
import Logging
import Plugins

extension AssistantParts {
    /// Has each plugin called that waits for an event of this type, once however often this runs for the event.
    ///
    /// An event of a chat or a person that the assistant does not serve calls none, that of a chat only those that the chat
    /// has.
    ///
    /// - Parameters:
    ///   - event: As Feishu delivered it, decrypted.
    ///   - appID: Whose event it is.
    ///   - context: Of the task that handles it.
    /// - Throws: `JobQueueError`, and errors of the chat platform where departments count.
    func runPlugins(on event: JSONValue, ofApp appID: String, in context: JobContext) async throws {
        guard let plugins, let event = AutomationEvent(event) else { return }
        let choice = profiles.profiles.settings(appID: appID, chatID: event.chatID).plugins
        let waiting = plugins.host.board.plugins.filter {
            $0.condition.isCallable && $0.awaits(event.type) && choice.has($0.name)
        }
        guard !waiting.isEmpty else { return }
        guard try await servesPlugins(on: event, ofApp: appID) else {
            context.logger.info("an event of nobody who is served calls no plugin", metadata: ["type": "\(event.type)"])
            return
        }
        for plugin in waiting {
            let arguments = SkillRunJob.Arguments(
                plugin: plugin.name,
                cause: .event(type: event.type, body: event.json),
                appID: appID,
                chatID: event.chatID
            )
            let key = "\(SkillRunJob.name):\(plugin.name):\(appID):\(event.id)"
            let options = EnqueueOptions(
                deduplicationKey: key,
                orderingKey: arguments.lane,
                taskID: .derived(from: key)
            )
            try await context.enqueue(SkillRunJob.self, arguments, options: options)
        }
    }
}

extension HostedPlugin {
    fileprivate func awaits(_ type: String) -> Bool {
        manifest.triggers.contains { trigger in
            if case .event(let types) = trigger { types.contains(type) } else { false }
        }
    }
}
