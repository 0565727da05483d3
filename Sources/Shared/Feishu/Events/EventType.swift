/// Names of the event types, as Feishu spells them.
package enum EventType {
    package static let messageReceived = "im.message.receive_v1"
    package static let messageRecalled = "im.message.recalled_v1"
    package static let cardAction = "card.action.trigger"
    /// The old card callback. It has no type on the wire; this is Feishu's name for it.
    package static let oldCardAction = "card.action.trigger_v1"

    /// The types that are worth storing: those of the reference that somebody can act upon.
    package static let known: Set<String> = [
        messageReceived, messageRecalled, "im.message.message_read_v1",
        "im.message.reaction.created_v1", "im.message.reaction.deleted_v1",
        "im.chat.member.bot.added_v1", "im.chat.member.bot.deleted_v1",
        "im.chat.member.user.added_v1", "im.chat.member.user.deleted_v1", "im.chat.member.user.withdrawn_v1",
        "im.chat.updated_v1", "im.chat.disbanded_v1", "im.chat.access_event.bot_p2p_chat_entered_v1",
        "p2p_chat_create", "application.bot.menu_v6",
        "vc.meeting.meeting_started_v1", "vc.meeting.meeting_ended_v1", "vc.meeting.recording_ready_v1",
        "vc.meeting.all_meeting_started_v1", "vc.meeting.all_meeting_ended_v1",
        "vc.meeting.participant_meeting_ended_v1", "vc.note.generated_v1", "minutes.minute.generated_v1",
        "vc.bot.meeting_invited_v1", "vc.bot.meeting_started_v1", "vc.bot.meeting_ended_v1",
        "vc.bot.meeting_activity_v1",
        "approval_instance", "approval_task",
        "approval.instance.status_changed_v4", "approval.task.status_changed_v4",
    ]
}
