package import JobQueue
import LanguageModel
import Logging
import MeetingMinutes

/// Joins what the chunks of a meeting came to, has a model write the summary of what stands, and keeps the minutes.
package struct MinutesMergeJob: Job {
    package static let name: TaskName = "minutes.merge"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(900)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 4)

    package struct Arguments: Codable, Sendable {
        package let minutes: MinutesID
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let id = arguments.minutes
        guard let material = try await MinutesMaterial(id, assistant) else {
            context.logger.info("the minutes to be joined are forgotten")
            return NoOutput()
        }
        let making = material.making
        guard assistant.models.answersOpenQuestions else {
            return try await keep(making.extracted(), material, of: id)
        }
        let parts = making.complete(try await assistant.minutes.chunks(of: id))
        if let absence = making.absence(parts) {
            return try await keep(making.extracted(for: absence), material, of: id)
        }
        let facts = making.grounded(parts)
        let summary = try await summary(of: facts, material, in: context)
        let minutes = making.minutes(parts, facts, summary: summary, by: assistant.models.name)
        return try await keep(minutes, material, of: id)
    }

    /// Where the transcript has no title, they have the one that is known from elsewhere.
    private func keep(_ minutes: Minutes, _ material: MinutesMaterial, of id: MinutesID) async throws -> NoOutput {
        var titled = minutes
        titled.title = minutes.title ?? material.request.title
        try await assistant.minutes.keep(titled, of: id)
        return NoOutput()
    }

    /// Empty where extraction has to find one.
    private func summary(
        of facts: [GroundedFact],
        _ material: MinutesMaterial,
        in context: JobContext
    ) async throws -> [Minutes.Line] {
        let prompt = material.making.summaryPrompt(facts)
        guard let request = prompt.request else { return [] }
        do {
            let completion = try await MinutesAsking(assistant: assistant, context: context)
                .completion(of: request, for: material.request, step: "summary")
            return material.making.summary(prompt.read(completion.text))
        } catch let error as LanguageModelError where error.code != .cancelled && context.isFinal(error) {
            context.logger.error("a model wrote no summary, extracting it", metadata: ["error": "\(error)"])
            return []
        } catch let error as BudgetExceeded {
            context.logger.info("a budget is spent, extracting the summary", metadata: ["error": "\(error)"])
            return []
        }
    }
}
