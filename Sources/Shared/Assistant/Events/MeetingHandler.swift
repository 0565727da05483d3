import Feishu
import JobQueue
import Logging

/// A meeting is over, or was written down: whoever wants minutes of their meetings gets them.
///
/// Several events tell of one meeting, in any order and each more than once; the tasks that follow have ids derived from the
/// meeting and the chat, so each chat gets one set of minutes.
struct MeetingHandler {
    let assistant: AssistantParts
    let context: JobContext

    /// Has minutes made for every chat that wants them. Where the event does not say whose meeting it was, a task finds out.
    ///
    /// - Throws: Errors of Redis, after which it may be run again.
    func handle(_ ended: MeetingEnded, ofApp appID: String) async throws {
        guard try await assistant.autoMinutes.isUsed(inApp: appID) else { return }
        let meeting = ended.meeting
        let occasion = MeetingMinutesJob.Arguments(
            appID: appID,
            meetingID: meeting.id,
            topic: meeting.topic,
            people: meeting.people
        )
        guard !occasion.people.isEmpty else { return try await context.enqueue(occasion) }
        for subscription in try await assistant.autoMinutes.subscriptions(of: occasion.people, inApp: appID) {
            try await context.enqueue(occasion.wanted(by: subscription))
        }
    }

    /// These events name no host, so a task finds out whose meeting it was.
    ///
    /// - Throws: As the other one.
    func handle(_ ready: MinutesReady, ofApp appID: String) async throws {
        guard try await assistant.autoMinutes.isUsed(inApp: appID) else { return }
        guard let meetingID = ready.meetingID else {
            context.logger.debug("minutes of no meeting")
            return
        }
        let occasion = MeetingMinutesJob.Arguments(
            appID: appID,
            meetingID: meetingID,
            minuteToken: ready.minuteToken,
            topic: ready.meeting?.topic,
            people: ready.meeting?.people ?? []
        )
        try await context.enqueue(occasion)
    }
}

extension Meeting {
    /// Whose it is, by open ids.
    fileprivate var people: [String] {
        let people = [host?.openID, owner?.openID].compactMap(\.self)
        return people.count == 2 && people[0] == people[1] ? [people[0]] : people
    }
}

extension JobContext {
    /// Enqueues what follows from a meeting, once for each chat.
    func enqueue(_ occasion: MeetingMinutesJob.Arguments) async throws {
        try await enqueue(
            MeetingMinutesJob.self,
            occasion,
            options: EnqueueOptions(deduplicationKey: occasion.key, taskID: .derived(from: occasion.key))
        )
    }
}
