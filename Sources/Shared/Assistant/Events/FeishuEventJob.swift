import Feishu
package import JSON
package import JobQueue
import Logging

/// Hands one delivered event to what reacts to it.
///
/// Safe to run twice, as all of these are.
package struct FeishuEventJob: Job {
    package static let name: TaskName = "feishu.event"
    package static let queue: QueueName = "interactive"
    package static let timeLimit: Duration = .seconds(60)
    package static let retry: RetryPolicy = .exponential(base: .seconds(1), cap: .seconds(60), maximumRetries: 5)
    package static let parameters = ["app_id", "event"]

    package struct Arguments: Codable, Sendable {
        package let appID: String
        /// The decrypted event, whole, as Feishu wrote it.
        package let event: JSONValue

        package init(appID: String, event: JSONValue) {
            self.appID = appID
            self.event = event
        }

        enum CodingKeys: String, CodingKey {
            case appID = "app_id"
            case event
        }
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let envelope = arguments.event
        let appID = arguments.appID
        let type = envelope["header"]?["event_type"]?.string ?? envelope["event"]?["type"]?.string
        if let message = MessageReceived(envelope: envelope) {
            try await MessageHandler(assistant: assistant, context: context).handle(message, ofApp: appID)
        } else if type == EventType.messageRecalled, let messageID = envelope["event"]?["message_id"]?.string {
            try await RecallHandler(assistant: assistant, context: context)
                .handle(messageID: messageID, appID: appID)
        } else if type == EventType.cardAction, let click = CardActionHandler.Click(envelope, appID, assistant.now()) {
            try await CardActionHandler(assistant: assistant, context: context).handle(click)
        } else {
            let known = type.map { EventType.known.contains($0) } ?? false
            context.logger.debug("event needs no action", metadata: ["event_type": "\(known ? type ?? "" : "unknown")"])
        }
        return NoOutput()
    }
}
