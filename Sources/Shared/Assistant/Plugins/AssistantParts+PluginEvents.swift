import JSON
import JobQueue
import Plugins

extension AssistantParts {
    /// Has each plugin called that waits for an event of this type, once however often this runs for the event.
    ///
    /// - Parameters:
    ///   - event: As Feishu delivered it, decrypted.
    ///   - appID: Whose event it is.
    ///   - context: Of the task that handles it.
    /// - Throws: `JobQueueError`.
    func runPlugins(on event: JSONValue, ofApp appID: String, in context: JobContext) async throws {
        guard let plugins, let event = AutomationEvent(event) else { return }
        for plugin in plugins.host.board.plugins where plugin.condition.isCallable && plugin.awaits(event.type) {
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
