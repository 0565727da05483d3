import Cryptography
import Feishu
package import JSON
package import JobQueue
import LanguageModel
import Logging

/// Decides what one delivered event asks for, and enqueues that.
///
/// Safe to run twice: what it enqueues has an id and a deduplication key derived from the message.
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

    private let chat: any Chat

    package init(chat: any Chat) {
        self.chat = chat
    }

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        guard let message = MessageReceived(envelope: arguments.event) else {
            let type = arguments.event["header"]?["event_type"]?.string ?? arguments.event["event"]?["type"]?.string
            let known = type.map { EventType.known.contains($0) } ?? false
            context.logger.debug("event needs no action", metadata: ["event_type": "\(known ? type ?? "" : "unknown")"])
            return NoOutput()
        }
        let botID = MessageRoute.needsBotID(message) ? try await chat.botID(ofApp: arguments.appID) : nil
        let route = MessageRoute(message, botID: botID)
        let target = ReplyTarget(
            appID: arguments.appID,
            messageID: message.messageID ?? "",
            chatID: message.chatID
        )
        switch route {
        case .answer(let text):
            try await enqueue(AnswerJob.self, .init(target: target, text: text), after: message, context)
        case .minutes(let text):
            try await enqueue(MinutesJob.self, .init(target: target, transcript: text), after: message, context)
        case .ignored(let reason):
            context.logger.debug("message needs no action", metadata: ["reason": "\(reason.rawValue)"])
        }
        return NoOutput()
    }

    /// Enqueues the step that follows from a message, once however often this runs, behind the same kind of step for
    /// earlier messages of the conversation.
    private func enqueue<J: MessageStep>(
        _ job: J.Type,
        _ arguments: J.Arguments,
        after message: MessageReceived,
        _ context: JobContext
    ) async throws {
        let conversation = message.conversationKey ?? arguments.target.messageID
        let key = "\(J.name):\(arguments.target.appID):\(arguments.target.messageID)"
        let receipt = try await context.enqueue(
            job,
            arguments,
            options: EnqueueOptions(
                deduplicationKey: key,
                orderingKey: OrderingKey("\(J.name):\(arguments.target.appID):\(conversation)"),
                taskID: .derived(from: key)
            )
        )
        context.logger.debug(
            "message routed",
            metadata: [
                "next_task": "\(J.name)", "next_task_id": "\(receipt.taskID)", "duplicate": "\(receipt.isDuplicate)",
            ]
        )
    }
}

/// A job that follows from one message.
protocol MessageStep: Job where Arguments: MessageStepArguments {}

/// Arguments that say which message.
protocol MessageStepArguments {
    var target: ReplyTarget { get }
}

extension TaskID {
    /// An id in a UUID's form (version 8, RFC 9562) that is the same for the same text.
    static func derived(from text: String) -> TaskID {
        var bytes = Array(SHA256.hash(Array(text.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let hex = Array(Hex.encode(bytes))
        return TaskID([0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-"))
    }
}
