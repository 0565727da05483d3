import Feishu
import JobQueue
import LanguageModel
import Logging
import MeetingMinutes

/// What every job does that begins minutes, once it has their transcript.
struct MinutesStart {
    let assistant: AssistantParts
    let context: JobContext

    func place(_ request: MinutesRequest) -> MinutesPlace {
        let id = MinutesID(appID: request.appID, task: context.taskID.rawValue)
        return MinutesPlace(assistant: assistant, request: request, id: id)
    }

    /// Keeps what is wanted, and has the pipeline take this task's place.
    ///
    /// - Parameters:
    ///   - request: What is wanted.
    ///   - text: The transcript, in which something was said.
    /// - Returns: Nothing; what takes the task's place is thrown.
    /// - Throws: What takes the task's place, and errors of Redis.
    func begin(_ request: MinutesRequest, transcript text: String) async throws -> NoOutput {
        let place = place(request)
        let id = place.id
        // As it is now: every step after this one works by the same.
        var request = request
        let settings = assistant.profiles.profiles.settings(appID: request.appID, chatID: request.chatID)
        request.template = request.template ?? settings.minutesTemplate
        try await assistant.minutes.begin(request, transcript: text, of: id)
        let transcript = TranscriptParser().parse(text)
        let making = MinutesMaking(transcript, in: request.language, day: request.day)
        let ending = try Self.ending(of: id)
        let rescue = try MinutesRescueJob.partial(\.task, .init(task: "", minutes: id))
        guard assistant.models.answersOpenQuestions else {
            return try context.replace(with: ending.onFailure(rescue))
        }
        let count = making.chunks.count
        await MinutesProgress(place: place, language: making.language, logger: context.logger).begin(count: count)
        let chunks = try (0..<count).map { index in
            try MinutesChunkJob.canvas(.init(minutes: id, chunk: index, count: count))
        }
        return try context.replace(with: CanvasGroup(chunks).then(ending).onFailure(rescue))
    }

    /// What follows once chunks are read: they become minutes, these a document, and they are shown.
    ///
    /// - Parameters:
    ///   - id: The minutes.
    ///   - delay: How long it waits.
    /// - Returns: The tasks, one after the other.
    /// - Throws: `JobQueueError` for arguments that cannot be encoded.
    static func ending(of id: MinutesID, after delay: Duration? = nil) throws -> Canvas<NoOutput> {
        try MinutesMergeJob.canvas(.init(minutes: id), options: EnqueueOptions(delay: delay))
            .then(MinutesDocumentJob.canvas(.init(minutes: id)))
            .then(MinutesPublishJob.canvas(.init(minutes: id)))
    }

    /// Does the work of a job that begins minutes. The sign stays where the pipeline goes on; where the job ends it is taken
    /// off, and who asked is told why.
    ///
    /// A message that is gone, with its chat, needs no minutes: that is a success.
    func telling(
        _ request: MinutesRequest,
        whoWrote text: String,
        _ work: (AssistantTexts) async throws -> NoOutput
    ) async throws -> NoOutput {
        let place = place(request)
        let texts = assistant.texts(for: text, chosen: request.language?.rawValue)
        do {
            let output = try await work(texts)
            await place.takeSignOff()
            return output
        } catch let error as FeishuError where error.kind == .gone {
            context.logger.info("the message that asks for minutes is gone", metadata: ["error": "\(error)"])
            return NoOutput()
        } catch let error as JobContext.Replacement {
            throw error
        } catch {
            if !Task.isCancelled, context.isFinal(error) {
                await place.apologise(texts.failure(error, reference: context.taskID.rawValue), context.logger)
            }
            throw error
        }
    }
}
