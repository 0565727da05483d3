import Feishu
import JobQueue
import Logging

/// Hands an event to what reacts to it.
struct EventDispatch {
    let assistant: AssistantParts
    let context: JobContext
    let appID: String

    /// `event` is nil where what was delivered is none.
    func handle(_ event: FeishuEvent?) async throws {
        switch event {
        case .messageReceived(let message):
            try await MessageHandler(assistant: assistant, context: context).handle(message, ofApp: appID)
        case .messageRecalled(let recall):
            try await RecallHandler(assistant: assistant, context: context)
                .handle(messageID: recall.messageID, appID: appID)
        case .cardAction(let action):
            try await CardActionHandler(assistant: assistant, context: context).handle(action, ofApp: appID)
        case .botAdded(let membership):
            try await GreetingHandler(assistant: assistant, context: context)
                .greet(group: membership.chatID, by: membership.operatorID.openID, ofApp: appID)
        case .directChatEntered(let entry) where entry.isFirst || entry.lastMessageID == nil:
            try await GreetingHandler(assistant: assistant, context: context)
                .greet(person: entry.user.openID, in: entry.chatID, ofApp: appID)
        case .menuClicked(let click):
            try await MenuHandler(assistant: assistant, context: context).handle(click, ofApp: appID)
        case .botRemoved(let membership):
            try await ChatEndHandler(assistant: assistant, context: context).end(membership.chatID, ofApp: appID)
        case .chatDisbanded(let chat):
            try await ChatEndHandler(assistant: assistant, context: context).end(chat.chatID, ofApp: appID)
        case .reactionChanged(let reaction):
            try await ReactionHandler(assistant: assistant, context: context).handle(reaction, ofApp: appID)
        case .meetingEnded(let ended):
            try await MeetingHandler(assistant: assistant, context: context).handle(ended, ofApp: appID)
        case .minutesReady(let ready):
            try await MeetingHandler(assistant: assistant, context: context).handle(ready, ofApp: appID)
        case .directChatEntered, .membersChanged, .chatUpdated, .approvalChanged, .other, nil:
            context.logger.debug("event needs no action")
        }
    }
}
