package import JobQueue
import LanguageModel
import Logging
import MeetingMinutes

/// Has a model read one chunk of a meeting, and keeps what it came to.
///
/// It always comes to something: where the model fails for good, and where nothing may be spent any more, extraction covers
/// the chunk. What the model said is in the task's journal, so no attempt pays for it again.
package struct MinutesChunkJob: Job {
    package static let name: TaskName = "minutes.chunk"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(900)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 4)

    package struct Arguments: Codable, Sendable {
        package let minutes: MinutesID
        /// Which, from 0.
        package let chunk: Int
        /// How many there are.
        package let count: Int
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let id = arguments.minutes
        return try await assistant.readings.with(id, fetch: { try await MinutesMaterial(id, assistant) }) { reading in
            guard let reading, let chunk = reading.chunks.first(where: { $0.index == arguments.chunk }) else {
                context.logger.info("the minutes that a chunk belongs to are forgotten")
                return NoOutput()
            }
            let material = reading.material
            let facts = try await read(chunk, material, in: context)
            let done = try await assistant.minutes.keep(facts, of: id)
            await MinutesProgress(place: material.place, language: material.making.language, logger: context.logger)
                .note(done, of: arguments.count)
            return NoOutput()
        }
    }

    private func read(_ chunk: Chunk, _ material: MinutesMaterial, in context: JobContext) async throws -> ChunkFacts {
        let transcript = material.making.transcript
        let reader = material.making.reader
        do {
            return try await reader.read(chunk, of: transcript, isLastTry: false) { request, question in
                try await MinutesAsking(assistant: assistant, context: context)
                    .completion(of: request, for: material.request, step: question.rawValue)
            }
        } catch let error as LanguageModelError where error.code != .cancelled && context.isFinal(error) {
            context.logger.error("a model failed on a chunk, extracting it", metadata: ["error": "\(error)"])
            return reader.covering(chunk, of: transcript, for: ChunkFacts.Reason(error))
        } catch let error as BudgetExceeded {
            context.logger.info("a budget is spent, extracting a chunk", metadata: ["error": "\(error)"])
            return reader.covering(chunk, of: transcript, for: .budgetSpent)
        }
    }
}
