import JobQueue
import Logging

/// A message was taken back: what answers it ends, and the conversation forgets it.
struct RecallHandler {
    let assistant: AssistantParts
    let context: JobContext

    func handle(messageID: String, appID: String) async throws {
        // First, should the message come after its recall.
        try await assistant.messages.noteRecalled(messageID, inApp: appID)
        let task = AnswerJob.taskID(for: messageID, inApp: appID)
        try await context.cancel(task, in: AnswerJob.queue)
        try await context.cancel(MinutesJob.taskID(for: messageID, inApp: appID), in: MinutesJob.queue)
        guard let record = try await assistant.records.record(of: task.rawValue, inApp: appID) else { return }
        try await assistant.conversations.forget(messageID: messageID, in: record.arguments.place)
    }
}
