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
        _ = try await context.runRules(assistant.rules.rules, on: arguments.event, ofApp: arguments.appID)
        try await assistant.runPlugins(on: arguments.event, ofApp: arguments.appID, in: context)
        try await EventDispatch(assistant: assistant, context: context, appID: arguments.appID)
            .handle(FeishuEvent(envelope: arguments.event))
        return NoOutput()
    }
}
