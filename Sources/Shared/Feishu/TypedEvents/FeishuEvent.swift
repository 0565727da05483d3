package import JSON

/// What happened in Feishu, typed. Any field of an event may be missing: Feishu's samples leave out each of them.
package enum FeishuEvent: Sendable, Equatable {
    /// Somebody wrote a message (`im.message.receive_v1`).
    case messageReceived(MessageReceived)
    /// A message was taken back (`im.message.recalled_v1`).
    case messageRecalled(MessageRecalled)
    /// An emoji was put on a message or taken off it (`im.message.reaction.created_v1`, `…deleted_v1`).
    case reactionChanged(ReactionChanged)
    /// The bot was put into a group, new or not (`im.chat.member.bot.added_v1`).
    case botAdded(BotMembership)
    /// The bot was removed from a group (`im.chat.member.bot.deleted_v1`).
    case botRemoved(BotMembership)
    /// People came or left (`im.chat.member.user.added_v1`, `…deleted_v1`, `…withdrawn_v1`).
    case membersChanged(MembersChanged)
    /// A group's settings changed (`im.chat.updated_v1`).
    case chatUpdated(ChatUpdated)
    /// A group is no more (`im.chat.disbanded_v1`).
    case chatDisbanded(ChatDisbanded)
    /// A user opened the chat with the bot, or did so for the first time
    /// (`im.chat.access_event.bot_p2p_chat_entered_v1`, `p2p_chat_create`).
    case directChatEntered(DirectChatEntered)
    /// An item of the bot's menu was chosen (`application.bot.menu_v6`).
    case menuClicked(MenuClicked)
    /// A card was acted upon (`card.action.trigger`, and the old `card.action.trigger_v1`).
    case cardAction(CardAction)
    /// A meeting is over (`vc.meeting.meeting_ended_v1`, `…all_meeting_ended_v1`, `…participant_meeting_ended_v1`).
    case meetingEnded(MeetingEnded)
    /// Feishu's own minutes are there, or about to be (`vc.meeting.recording_ready_v1`, `minutes.minute.generated_v1`).
    case minutesReady(MinutesReady)
    /// An approval or one of its tasks changed (`approval_instance`, `approval_task`, and their forms of schema 2.0).
    case approvalChanged(ApprovalChanged)
    /// Anything else, by its type.
    case other(String)

    /// Reads the whole delivered JSON. Nil for what is no event, or lacks what makes it one, such as the message that
    /// was recalled.
    package init?(envelope json: JSONValue) {
        guard let envelope = EventEnvelope(json) else { return nil }
        func made<Event>(_ event: Event?, _ wrap: (Event) -> FeishuEvent) -> FeishuEvent? { event.map(wrap) }
        let event: FeishuEvent? =
            switch envelope.type {
            case EventType.messageReceived: made(MessageReceived(envelope: json), Self.messageReceived)
            case EventType.messageRecalled: made(MessageRecalled(envelope), Self.messageRecalled)
            case "im.message.reaction.created_v1": made(ReactionChanged(envelope, isAdded: true), Self.reactionChanged)
            case "im.message.reaction.deleted_v1": made(ReactionChanged(envelope, isAdded: false), Self.reactionChanged)
            case "im.chat.member.bot.added_v1": made(BotMembership(envelope), Self.botAdded)
            case "im.chat.member.bot.deleted_v1": made(BotMembership(envelope), Self.botRemoved)
            case "im.chat.member.user.added_v1": made(MembersChanged(envelope, .added), Self.membersChanged)
            case "im.chat.member.user.deleted_v1": made(MembersChanged(envelope, .removed), Self.membersChanged)
            case "im.chat.member.user.withdrawn_v1": made(MembersChanged(envelope, .withdrawn), Self.membersChanged)
            case "im.chat.updated_v1": made(ChatUpdated(envelope), Self.chatUpdated)
            case "im.chat.disbanded_v1": made(ChatDisbanded(envelope), Self.chatDisbanded)
            case "im.chat.access_event.bot_p2p_chat_entered_v1":
                made(DirectChatEntered(envelope, isFirst: false), Self.directChatEntered)
            case "p2p_chat_create": made(DirectChatEntered(envelope, isFirst: true), Self.directChatEntered)
            case "application.bot.menu_v6": made(MenuClicked(envelope), Self.menuClicked)
            case EventType.cardAction, EventType.oldCardAction: .cardAction(CardAction(envelope))
            case "vc.meeting.meeting_ended_v1", "vc.meeting.all_meeting_ended_v1",
                "vc.meeting.participant_meeting_ended_v1":
                made(MeetingEnded(envelope), Self.meetingEnded)
            case "vc.meeting.recording_ready_v1", "minutes.minute.generated_v1":
                made(MinutesReady(envelope), Self.minutesReady)
            case "approval_instance", "approval_task", "approval.instance.status_changed_v4",
                "approval.task.status_changed_v4":
                made(ApprovalChanged(envelope), Self.approvalChanged)
            default: .other(envelope.type)
            }
        guard let event else { return nil }
        self = event
    }
}
