import Feishu
package import JobQueue
import Logging
import MeetingMinutes

/// Makes a task for an action item of minutes that somebody confirmed, and shows it on their card.
///
/// There is one for each item, whatever is clicked, redelivered or killed. What was made is in the journal, then with the
/// minutes. Between Feishu's making it and that, the token that goes along makes a repetition harmless for five minutes
/// (Feishu, "Create a task"); after these nobody can tell, since apps cannot list tasks: then the person is asked to look.
package struct MinutesTaskJob: Job {
    package static let name: TaskName = "minutes.task"
    package static let queue: QueueName = "interactive"
    package static let timeLimit: Duration = .seconds(60)
    package static let retry: RetryPolicy = .exponential(base: .seconds(1), cap: .seconds(60), maximumRetries: 4)

    package struct Arguments: Codable, Sendable {
        package let minutes: MinutesID
        /// The place of the action item in the minutes.
        package let item: Int
        package let confirmation: MinutesConfirmation
    }

    /// What the journal keeps of making it.
    private struct Attempt: Codable {
        /// Nil where it may have been made long ago.
        let made: MinutesTask?
    }

    /// How long after the first attempt, in milliseconds, another may still begin: an attempt takes a minute at most, and
    /// clocks differ a little.
    private static let repeatable: Int64 = 210_000

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        guard let material = try await MinutesMaterial(arguments.minutes, assistant),
            let minutes = try await assistant.minutes.minutes(of: arguments.minutes),
            minutes.actions.indices.contains(arguments.item)
        else {
            context.logger.info("the minutes that a task is for are forgotten")
            return NoOutput()
        }
        let texts = AssistantTexts(minutes.language)
        do {
            let isThere = try await make(arguments, minutes, material, texts, in: context)
            if !isThere { await tell(texts.taskIsUncertain, "task-uncertain", arguments, context.logger) }
        } catch {
            if !Task.isCancelled, context.isFinal(error) {
                let text = texts.taskFailed(error, reference: context.taskID.rawValue)
                await tell(text, "task-failed", arguments, context.logger)
            }
            throw error
        }
        try await redraw(arguments, minutes, material, in: context)
        return NoOutput()
    }

    /// Whether the task is there now; where not, it may be.
    private func make(
        _ arguments: Arguments,
        _ minutes: Minutes,
        _ material: MinutesMaterial,
        _ texts: AssistantTexts,
        in context: JobContext
    ) async throws -> Bool {
        let (id, item) = (arguments.minutes, arguments.item)
        if try await assistant.minutes.tasks(of: id)[item] != nil { return true }
        let attempt: Attempt = try await context.step("task") {
            let task = try await draft(arguments, minutes, material, texts, in: context)
            let now = assistant.now()
            let begun = try await assistant.minutes.beginTask(ofAction: item, at: now, of: id)
            guard now - begun < Self.repeatable else { return Attempt(made: nil) }
            do {
                let key = "\(id.appID)/\(id.task)/\(item)"
                let url = try await assistant.workplace.createTask(task, ofApp: id.appID, key: key)
                return Attempt(made: MinutesTask(url: url, confirmedBy: arguments.confirmation.userID))
            } catch let error as FeishuError where begun == now && !error.mayHaveHappened && error.kind != .cancelled {
                // Neither this attempt nor an earlier one can have made it.
                try await assistant.minutes.abandonTask(ofAction: item, of: id)
                throw error
            }
        }
        guard let made = attempt.made else {
            // Whoever has looked and clicks again wants another.
            try await assistant.minutes.abandonTask(ofAction: item, of: id)
            return false
        }
        try await assistant.minutes.keep(made, ofAction: item, of: id)
        return true
    }

    private func draft(
        _ arguments: Arguments,
        _ minutes: Minutes,
        _ material: MinutesMaterial,
        _ texts: AssistantTexts,
        in context: JobContext
    ) async throws -> NewFeishuTask {
        let action = minutes.actions[arguments.item]
        let request = material.request
        var owners: (openIDs: [String], isWhole: Bool) = ([], false)
        // Feishu refuses a task for somebody whom the app does not see with the code of a fault, so the last try names nobody.
        if context.retriesLeft > 0, action.owner != nil, !action.line.doubts.contains(.owner) {
            owners = try await MinutesPeople(of: request, assistant).owners(of: action)
        }
        let follower = owners.isWhole ? nil : arguments.confirmation.userID ?? request.senderID
        let moments = try await material.place.moments(of: material.making.transcript)
        return MinutesTaskDraft(minutes: minutes, moments: moments, texts: texts).task(
            for: action,
            assignees: owners.openIDs,
            followers: [follower].compactMap { $0 }.filter { !owners.openIDs.contains($0) }
        )
    }

    /// The task counts whatever becomes of the card.
    private func redraw(
        _ arguments: Arguments,
        _ minutes: Minutes,
        _ material: MinutesMaterial,
        in context: JobContext
    ) async throws {
        do {
            try await MinutesProgress(place: material.place, language: minutes.language, logger: context.logger)
                .redraw(minutes, of: material.making.transcript, in: arguments.confirmation.messageID)
        } catch let error as FeishuError where error.kind != .cancelled && context.isFinal(error) {
            context.logger.warning("a card does not show a task that was made", metadata: ["error": "\(error)"])
        }
    }

    private func tell(_ text: String, _ key: String, _ arguments: Arguments, _ logger: Logger) async {
        do {
            try await arguments.confirmation
                .answer(.text(text), ofApp: arguments.minutes.appID, key: key, in: assistant.chat)
        } catch {
            logger.error("could not tell of a task that was not made", metadata: ["error": "\(error)"])
        }
    }
}
