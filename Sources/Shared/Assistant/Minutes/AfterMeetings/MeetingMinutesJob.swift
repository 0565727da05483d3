import Feishu
package import JobQueue
import LanguageModel
import Logging

/// Begins minutes of a meeting that has ended, in a chat that wants them by itself: waits for the recording, then for its
/// transcript, as long as Feishu makes them.
///
/// Without a chat it finds out whose meeting it was, and has that done for every chat of theirs. Safe to run twice. A meeting
/// that nobody recorded ends it without a word.
package struct MeetingMinutesJob: Job {
    package static let name: TaskName = "minutes.meeting"
    package static let queue: QueueName = "minutes"
    package static let timeLimit: Duration = .seconds(600)
    package static let retry: RetryPolicy = .exponential(base: .seconds(2), cap: .seconds(120), maximumRetries: 6)

    package struct Arguments: Codable, Sendable, Equatable {
        package let appID: String
        package let meetingID: String
        /// What its minutes are called by, where that is known.
        package var minuteToken: String?
        /// What it was called, where that is known.
        package var topic: String?
        /// Open ids of its host and owner, as far as Feishu said; none where that is to be found out.
        package var people: [String]
        /// The chat that wants them; nil where that is to be found out.
        package var chatID: String?
        /// Whose meetings it wants.
        package var personID: String?

        package init(
            appID: String,
            meetingID: String,
            minuteToken: String? = nil,
            topic: String? = nil,
            people: [String] = []
        ) {
            self.appID = appID
            self.meetingID = meetingID
            self.minuteToken = minuteToken
            self.topic = topic
            self.people = people
        }

        enum CodingKeys: String, CodingKey {
            case topic, people
            case appID = "app_id"
            case meetingID = "meeting_id"
            case minuteToken = "minute_token"
            case chatID = "chat_id"
            case personID = "person_id"
        }

        /// The same for one chat.
        func wanted(by subscription: AutoMinutesSubscription) -> Arguments {
            var arguments = self
            arguments.chatID = subscription.chatID
            arguments.personID = subscription.personID
            return arguments
        }

        /// Names it among all tasks. What is to be found out once is another thing for each way to be told.
        var key: String {
            let part = chatID ?? (minuteToken == nil ? "ended" : "ready")
            return "\(MeetingMinutesJob.name):\(appID):\(meetingID):\(part)"
        }
    }

    let assistant: AssistantParts

    package func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        let reader = RecordingReader(assistant: assistant, context: context, appID: arguments.appID)
        guard let chatID = arguments.chatID else {
            try await findChats(of: arguments, reader, context)
            return NoOutput()
        }
        guard try await assistant.admits(arguments.personID, in: chatID, ofApp: arguments.appID) else {
            context.logger.info("whoever wanted minutes of a meeting may not have them any more")
            return NoOutput()
        }
        let request = MinutesRequest(
            appID: arguments.appID,
            chatID: chatID,
            senderID: arguments.personID,
            title: arguments.topic
        )
        let start = MinutesStart(assistant: assistant, context: context)
        return try await start.telling(request, whoWrote: "") { texts in
            do {
                let found = try await transcript(arguments, request, reader, context)
                return try await start.begin(found.request, transcript: found.text)
            } catch let absence as TranscriptAbsence {
                context.logger.info("a meeting has no minutes", metadata: ["reason": "\(absence)"])
                if !Self.isUsual(absence) {
                    let words = texts.about(meeting: arguments.topic, texts.told(of: absence))
                    try await start.place(request).show(.markdown(words), key: "answer")
                }
            }
            return NoOutput()
        }
    }

    /// Most meetings are not recorded, and nobody waits for what they did not ask for.
    private static func isUsual(_ absence: TranscriptAbsence) -> Bool {
        [.obstacle(.notRecorded), .obstacle(.unknown), .obstacle(.deleted), .obstacle(.withoutTranscript), .silent]
            .contains(absence)
    }

    private func transcript(
        _ arguments: Arguments,
        _ request: MinutesRequest,
        _ reader: RecordingReader,
        _ context: JobContext
    ) async throws -> FoundTranscript {
        var known = arguments.minuteToken
        if known == nil { known = try await reader.token(ofMeeting: arguments.meetingID) }
        guard let token = known else { throw TranscriptAbsence.obstacle(.unknown) }
        let minute = try await reader.minute(token)
        let text = try await reader.transcript(ofMinute: token)
        var request = request.completed(by: minute, at: nil, in: assistant.zone)
        let participants = try await meeting(arguments, context)?.participants.filter(\.isUser).map(\.id) ?? []
        request.participants = participants.isEmpty ? nil : participants
        if let personID = arguments.personID, let chatID = arguments.chatID,
            try await assistant.messages.directChat(of: personID, inApp: arguments.appID) == chatID
        {
            request.isGroup = false
        }
        return try FoundTranscript(text, for: request, orElse: .obstacle(.withoutTranscript))
    }

    /// Whose meeting it was, and so which chats want minutes of it.
    private func findChats(of arguments: Arguments, _ reader: RecordingReader, _ context: JobContext) async throws {
        func follow(_ people: [String]) async throws {
            for subscription in try await assistant.autoMinutes.subscriptions(of: people, inApp: arguments.appID) {
                try await context.enqueue(arguments.wanted(by: subscription))
            }
        }
        do {
            let host = try await meeting(arguments, context)?.hostID
            try await follow(arguments.people + [host].compactMap(\.self))
            guard let token = arguments.minuteToken, let owner = try await reader.minute(token).ownerID else { return }
            try await follow([owner])
        } catch let absence as TranscriptAbsence {
            context.logger.info("nobody knows whose meeting it was", metadata: ["reason": "\(absence)"])
        }
    }

    /// Nil where the app may not ask for it (121005), or it is forgotten.
    private func meeting(_ arguments: Arguments, _ context: JobContext) async throws -> FeishuMeetingInfo? {
        do {
            return try await assistant.workplace.meeting(arguments.meetingID, ofApp: arguments.appID)
        } catch let error as FeishuError where !error.isRetryable && error.kind != .cancelled {
            context.logger.info("it is not to be known who took part in a meeting", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
