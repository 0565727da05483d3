import JobQueue
import LanguageModel
import Logging
import MeetingMinutes

/// Finds the meetings that the messages of a turn may be about, and what of them answers.
///
/// Only minutes of the same chat are looked at, whatever a message answers: what a group discussed is not told in a direct
/// chat. What fails is logged, as an answer without meetings is better than none.
struct MinutesRecall {
    /// How old minutes may be that nobody points at, and how many of them are looked at.
    private static let recent: Duration = .seconds(7 * 86_400)
    private static let mostRecent = 3
    /// How many of those answer one question.
    private static let mostAtOnce = 2

    let assistant: AssistantParts
    let logger: Logger

    /// What messages may be about.
    struct Meetings: Sendable {
        /// Those whose card or transcript the messages answer.
        var asked: [RecalledMeeting] = []
        /// The messages that show no more than these.
        var cards: Set<String> = []
        /// The latest minutes of the chat, the newest first; empty where some are asked about.
        var recent: [MinutesID] = []
    }

    /// - Parameters:
    ///   - messages: Of the turn.
    ///   - place: Where they were written.
    /// - Returns: What they may be about. One round trip where that is nothing.
    func meetings(for messages: [AnswerJob.Arguments], in place: Conversation) async -> Meetings {
        do {
            let since = assistant.now() - Self.recent.milliseconds
            async let recent = assistant.minutes.latest(
                inChat: place.chatID,
                ofApp: place.appID,
                since: since,
                atMost: Self.mostRecent
            )
            var meetings = Meetings()
            for (message, id) in try await shown(in: messages, place.appID) {
                guard let meeting = try await load([id], place).first else { continue }
                if meeting.request.target?.messageID != message { meetings.cards.insert(message) }
                meetings.asked.append(meeting)
            }
            let latest = try await recent
            if meetings.asked.isEmpty { meetings.recent = latest }
            return meetings
        } catch {
            logger.warning("cannot look for minutes of a chat", metadata: ["error": "\(error)"])
            return Meetings()
        }
    }

    /// The minutes that messages answer, each once, by the message that shows them.
    private func shown(
        in messages: [AnswerJob.Arguments],
        _ appID: String
    ) async throws -> [(message: String, id: MinutesID)] {
        var seen: Set<String> = []
        let answered = messages.flatMap { [$0.quotedMessageID, $0.rootMessageID] }.compactMap(\.self)
            .filter { seen.insert($0).inserted }.prefix(2 * Self.mostAtOnce)
        guard !answered.isEmpty else { return [] }
        let minutes = assistant.minutes
        let found = try await withThrowingTaskGroup(of: (String, MinutesID?).self) { group in
            for message in answered {
                group.addTask { (message, try await minutes.minutes(shownIn: message, ofApp: appID)) }
            }
            return try await group.reduce(into: [:]) { found, next in found[next.0] = next.1 }
        }
        var ids: Set<MinutesID> = []
        return answered.compactMap { message in
            found[message].flatMap { ids.insert($0).inserted ? (message, $0) : nil }
        }
    }

    /// Those that are still kept, and that belong to the chat.
    private func load(_ ids: [MinutesID], _ place: Conversation) async throws -> [RecalledMeeting] {
        var meetings: [RecalledMeeting] = []
        for id in ids {
            guard let kept = try await assistant.minutes.kept(id), kept.request.chatID == place.chatID,
                kept.request.appID == place.appID
            else { continue }
            meetings.append(RecalledMeeting(kept))
        }
        return meetings.filter { !$0.transcript.utterances.isEmpty }
    }

    /// - Parameters:
    ///   - spoken: The question, in the person's words.
    ///   - meetings: What it may be about.
    ///   - place: Where it was asked.
    ///   - count: How many passages of other kinds have numbers before these.
    ///   - texts: In whose language they are named.
    /// - Returns: What answers it; nil where it is about no meeting.
    func passages(
        for spoken: String,
        of meetings: Meetings,
        in place: Conversation,
        after count: Int,
        _ texts: AssistantTexts
    ) async -> MinutesPassages? {
        let question = MinutesQuestion(spoken)
        var meant = meetings.asked
        if meant.isEmpty, !meetings.recent.isEmpty, question.speaksOfMeeting || question.hasSubject {
            do {
                meant = Self.meant(by: question, among: try await load(meetings.recent, place))
            } catch {
                logger.warning("cannot look into minutes of a chat", metadata: ["error": "\(error)"])
            }
        }
        guard !meant.isEmpty else { return nil }
        return MinutesPassages(
            of: meant,
            for: question,
            isRead: assistant.models.answersOpenQuestions,
            after: count,
            texts
        )
    }

    /// Those of the latest that a question is about: that it names or, where it speaks of a meeting, the newest; and those
    /// that talked of what it asks, most of it first.
    static func meant(by question: MinutesQuestion, among meetings: [RecalledMeeting]) -> [RecalledMeeting] {
        let scores = meetings.map { $0.index.relevance(of: question.text) }
        var order = meetings.indices.filter { scores[$0] >= TranscriptIndex.leastRelevance }
            .sorted { (scores[$1], $0) < (scores[$0], $1) }
        let naming = meetings.map { $0.naming(in: question) }
        // Of equals, the newest.
        if question.speaksOfMeeting, let first = naming.indices.max(by: { (naming[$0], $1) < (naming[$1], $0) }) {
            order.removeAll { $0 == first }
            order.insert(first, at: 0)
        }
        return order.prefix(mostAtOnce).map { meetings[$0] }
    }
}
