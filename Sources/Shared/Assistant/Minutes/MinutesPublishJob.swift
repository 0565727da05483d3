import Feishu
package import JobQueue
import Logging
import MeetingMinutes

/// Shows minutes to who wants them: on their card.
package struct MinutesPublishJob: Job {
    package static let name: TaskName = "minutes.publish"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(900)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 6)

    package struct Arguments: Codable, Sendable {
        package let minutes: MinutesID
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let id = arguments.minutes
        guard let material = try await MinutesMaterial(id, assistant),
            let minutes = try await assistant.minutes.minutes(of: id)
        else {
            context.logger.info("the minutes to be shown are forgotten")
            return NoOutput()
        }
        let transcript = material.making.transcript
        let progress = MinutesProgress(place: material.place, language: minutes.language, logger: context.logger)
        do {
            try await progress.finish(minutes, of: transcript)
        } catch let error as FeishuError where error.kind == .gone && error.reason != .cardGone {
            context.logger.info("the message that asked for minutes is gone", metadata: ["error": "\(error)"])
        } catch let error as FeishuError where error.kind != .cancelled && context.isFinal(error) {
            context.logger.warning("a message stands in for the card of minutes", metadata: ["error": "\(error)"])
            let moments = try await material.place.moments(of: transcript)
            let document = MinutesDocument(minutes, of: transcript, moment: { moments.url(of: $0) })
            try await material.place.show(.markdown(document.markdown, title: document.title), key: "instead")
        }
        await material.place.takeSignOff()
        return NoOutput()
    }
}
