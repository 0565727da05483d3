package import JobQueue
import Logging
import MeetingMinutes

/// Is told that a step of the pipeline ended without its result: its task killed every worker that took it, or Redis or
/// Feishu failed it for hours. What is there becomes minutes all the same; where that was tried, the person is told.
package struct MinutesRescueJob: Job {
    package static let name: TaskName = "minutes.rescue"
    package static let queue: QueueName = "minutes"
    package static let parameters = ["task"]
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 6)

    package struct Arguments: Codable, Sendable {
        /// Which task failed.
        package let task: TaskID
        package let minutes: MinutesID
    }

    /// Chunks that are still read have this long to end.
    private static let patience: Duration = .seconds(30)

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let id = arguments.minutes
        guard let material = try await MinutesMaterial(id, assistant) else { return NoOutput() }
        context.logger.warning("a step of minutes failed", metadata: ["failed": "\(arguments.task)"])
        guard try await assistant.minutes.claim("rescue", by: context.taskID.rawValue, of: id) else {
            let language = material.making.language
            let failure = AssistantTexts(language).minutesFailed(reference: id.task)
            await MinutesProgress(place: material.place, language: language, logger: context.logger).fail(failure)
            await material.place.apologise(failure, context.logger)
            return NoOutput()
        }
        let rescue = try MinutesRescueJob.partial(\.task, .init(task: "", minutes: id))
        let canvas = try MinutesStart.ending(of: id, after: Self.patience).onFailure(rescue)
        _ = try await context.call(canvas, deduplicationKey: "\(Self.name):\(id.appID):\(id.task)")
        return NoOutput()
    }
}
