/// What the developer console grants an app, and what needs it (interface specification, sections 3, 5 and 10).
package enum Scopes {
    /// Granted unless something else is said. Reading every message of a group is sensitive and must be asked for.
    package static let usual: Set<String> = [
        "im:message", "im:message:readonly", "im:message:send_as_bot", "im:message:update", "im:message:recall",
        "im:message.p2p_msg:readonly", "im:message.group_at_msg:readonly", "im:message.reactions:read",
        "im:message.reactions:write_only", "im:resource", "im:resource:upload", "im:chat", "im:chat:read",
        "im:chat:readonly", "im:chat:create", "im:chat.members:read", "im:chat.members:bot_access",
        "cardkit:card:write", "contact:contact.base:readonly", "contact:user.base:readonly",
        "contact:user.employee_id:readonly", "contact:user.department:readonly",
        "application:application.bot.operator_name:readonly", "application:application:self_manage",
        "task:task:writeonly", "approval:approval:readonly", "minutes:minutes.basic:read",
        "minutes:minutes.transcript:export", "minutes:minutes.artifacts:read", "vc:meeting:readonly",
        "vc:meeting.all_meeting:readonly", "vc:record:readonly", "docx:document", "docx:document.block:convert",
        "docs:permission.member:create", "docs:permission.member:retrieve",
    ]
    package static let everyGroupMessage = "im:message.group_msg"

    static let privateMessages = ["im:message.p2p_msg:readonly", "im:message.p2p_msg"]
    static let groupMentions = ["im:message.group_at_msg:readonly", "im:message.group_at_msg"]
    static let groupMessages = ["im:message.group_msg", "im:message.group_msg:readonly"]
    /// Hearing other bots' mentions, which is not usual.
    package static let mentionsByBots = "im:message.group_at_msg.include_bot:readonly"
    static let userID = "contact:user.employee_id:readonly"
    static let userName = "contact:user.base:readonly"
    static let userDepartments = "contact:user.department:readonly"
    static let menuOperatorName = "application:application.bot.operator_name:readonly"

    // Any one of each list is enough for the calls it guards.
    static let send = ["im:message", "im:message:send_as_bot"]
    static let update = ["im:message", "im:message:send_as_bot", "im:message:update"]
    static let recall = ["im:message", "im:message:send_as_bot", "im:message:recall"]
    static let read = ["im:message", "im:message:readonly", "im:message.history:readonly"]
    static let react = ["im:message", "im:message.reactions:write_only"]
    static let readReactions = ["im:message", "im:message:readonly", "im:message.reactions:read"]
    static let upload = ["im:resource", "im:resource:upload"]
    static let readChat = ["im:chat", "im:chat:readonly", "im:chat:read"]
    static let createChat = ["im:chat", "im:chat:create"]
    static let readMembers = ["im:chat", "im:chat:readonly", "im:chat.members:read"]
    static let writeMembers = ["im:chat", "im:chat.members:write_only"]
    static let cards = ["cardkit:card:write"]
    static let writeTasks = ["task:task:write", "task:task:writeonly"]
    static let approvals = ["approval:approval", "approval:approval:readonly"]
    static let minutes = ["minutes:minutes", "minutes:minutes:readonly", "minutes:minutes.basic:read"]
    static let transcripts = ["minutes:minutes.transcript:export"]
    static let artifacts = ["minutes:minutes.artifacts:read"]
    static let meetings = ["vc:meeting", "vc:meeting:readonly", "vc:meeting.meetingevent:read"]
    static let allMeetings = ["vc:meeting.all_meeting:readonly"]
    static let recordings = ["vc:record", "vc:record:readonly"]
    static let createDocuments = ["docx:document", "docx:document:create"]
    static let writeDocuments = ["docx:document", "docx:document:write_only"]
    static let convertDocuments = ["docx:document.block:convert"]
    static let share = ["docs:permission.member:create", "drive:drive"]
    static let readers = ["docs:permission.member:retrieve", "drive:drive"]
    static let ownApplication = ["application:application:self_manage", "admin:app.info:readonly"]
    static let people = [
        "contact:contact.base:readonly", "contact:contact:readonly_as_app", "contact:contact:readonly",
    ]

    /// Which scopes make an event be pushed, any one of them; an empty list means none is needed. Messages are judged
    /// one by one instead.
    static func needed(forEvent type: String) -> [String] {
        switch type {
        case "im.message.message_read_v1", "im.message.recalled_v1": ["im:message", "im:message:readonly"]
        case "im.message.reaction.created_v1", "im.message.reaction.deleted_v1":
            ["im:message.reactions:read", "im:message:readonly"]
        case "im.chat.member.bot.added_v1", "im.chat.member.bot.deleted_v1":
            ["im:chat", "im:chat:readonly", "im:chat.members:bot_access"]
        case "im.chat.member.user.added_v1", "im.chat.member.user.deleted_v1":
            ["im:chat", "im:chat:readonly", "im:chat.members:read"]
        case "vc.meeting.all_meeting_started_v1", "vc.meeting.all_meeting_ended_v1": allMeetings
        case "vc.meeting.meeting_ended_v1", "vc.meeting.recording_ready_v1": meetings
        case "im.chat.updated_v1", "im.chat.disbanded_v1": ["im:chat", "im:chat:read", "im:chat:readonly"]
        default: []
        }
    }
}

extension Set<String> {
    /// Whether any one of these is granted; nothing needed is granted always.
    func grants(_ needed: [String]) -> Bool { needed.isEmpty || needed.contains(where: contains) }
}
