import Feishu
import JobQueue

/// Takes a person's emoji on an answer for what they think of it.
struct ReactionHandler {
    private static let useful: Set = ["THUMBSUP", "OK", "DONE", "THANKS", "HEART", "CLAP", "LGTM", "Hundred", "SMILE"]
    private static let useless: Set = ["ThumbsDown", "THUMBSDOWN", "No", "CrossMark", "ERROR", "FACEPALM"]

    let assistant: AssistantParts
    let context: JobContext

    func handle(_ reaction: ReactionChanged, ofApp appID: String) async throws {
        guard reaction.isAdded, reaction.appID == nil, let userID = reaction.user.openID else { return }
        let isUseful = Self.useful.contains(reaction.emoji)
        guard isUseful || Self.useless.contains(reaction.emoji),
            let task = try await assistant.records.task(shownIn: reaction.messageID, inApp: appID)
        else { return }
        try await assistant.feedback.keep(
            Feedback(
                appID: appID,
                task: task,
                userID: userID,
                isUseful: isUseful,
                at: reaction.at ?? assistant.now()
            )
        )
    }
}
