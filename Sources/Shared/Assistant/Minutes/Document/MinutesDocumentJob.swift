import Feishu
package import JobQueue
import Logging
import MeetingMinutes

/// Makes the document of minutes: the minutes above, the transcript below, shared with those who took part.
///
/// A courtesy to the minutes, which come without one where it cannot be had. One task makes the document of minutes, and
/// no other after it: its journal alone tells what stands in it already.
package struct MinutesDocumentJob: Job {
    package static let name: TaskName = "minutes.document"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(900)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(30), maximumRetries: 4)

    package struct Arguments: Codable, Sendable {
        package let minutes: MinutesID
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let id = arguments.minutes
        guard assistant.makesMinutesDocuments, try await assistant.minutes.document(of: id) == nil else {
            return NoOutput()
        }
        guard let material = try await MinutesMaterial(id, assistant),
            let minutes = try await assistant.minutes.minutes(of: id)
        else {
            context.logger.info("the minutes that a document is to hold are forgotten")
            return NoOutput()
        }
        guard await !assistant.chat.mustSaveCalls(ofApp: id.appID) else {
            context.logger.info("minutes come without a document, as calls are saved")
            return NoOutput()
        }
        guard try await assistant.minutes.claim("document_task", by: context.taskID.rawValue, of: id) else {
            context.logger.warning("minutes come without a document, as the task that began it failed")
            return NoOutput()
        }
        do {
            let writing = MinutesPageWriting(assistant: assistant, context: context, id: id)
            if let page = try await writing.page(of: minutes, material) {
                try await assistant.minutes.keep(page, of: id)
            }
        } catch let error where Self.isRefusal(error) && !Task.isCancelled && context.isFinal(error) {
            context.logger.error("minutes come without a document", metadata: ["error": "\(error)"])
        }
        return NoOutput()
    }

    /// Whether the platform said it: what Redis or the queue refuses is for the queue to deal with.
    private static func isRefusal(_ error: any Error) -> Bool { error is FeishuError || error is UnknownApp }
}
