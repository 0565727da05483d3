import Assistant
import Platform

/// Something the assistant does that an app needs permissions for, as docs/feishu.md lists them.
///
/// Source: the pages of Feishu's interfaces, "permissions".
struct Capability: Sendable {
    /// One permission. Feishu has narrower and wider ones for most things, any of which is enough.
    struct Permission: Sendable {
        /// The one that is recommended.
        let name: String
        var instead: [String] = []

        func isIn(_ granted: Set<String>) -> Bool {
            granted.contains(name) || instead.contains(where: granted.contains)
        }
    }

    /// What must be configured for the capability to matter.
    struct Uses: OptionSet, Sendable {
        let rawValue: Int

        static let everyGroupMessage = Uses(rawValue: 1)
        static let departments = Uses(rawValue: 2)
        static let approvals = Uses(rawValue: 4)
        static let documents = Uses(rawValue: 8)
    }

    let purpose: String
    /// All of them.
    let permissions: [Permission]
    /// Whether nothing works without it.
    var isNeeded = false
    /// Empty: always.
    var uses: Uses = []

    static let all = [
        Capability(
            purpose: "direct messages",
            permissions: [.init(name: "im:message.p2p_msg:readonly", instead: ["im:message.p2p_msg"])],
            isNeeded: true
        ),
        Capability(
            purpose: "messages of groups that mention the bot",
            permissions: [.init(name: "im:message.group_at_msg:readonly", instead: ["im:message.group_at_msg"])]
        ),
        Capability(
            purpose: "all messages of groups",
            permissions: [.init(name: "im:message.group_msg", instead: ["im:message.group_msg:readonly"])],
            uses: .everyGroupMessage
        ),
        Capability(
            purpose: "answering",
            permissions: [.init(name: "im:message:send_as_bot", instead: ["im:message"])],
            isNeeded: true
        ),
        Capability(
            purpose: "reading messages and files",
            permissions: [.init(name: "im:message:readonly", instead: ["im:message", "im:message.history:readonly"])],
            isNeeded: true
        ),
        Capability(
            purpose: "the emoji while working",
            permissions: [.init(name: "im:message.reactions:write_only", instead: ["im:message"])]
        ),
        Capability(
            purpose: "emoji as feedback",
            permissions: [.init(name: "im:message.reactions:read", instead: ["im:message:readonly"])]
        ),
        Capability(purpose: "growing cards", permissions: [.init(name: "cardkit:card:write")]),
        Capability(
            purpose: "long answers as files",
            permissions: [.init(name: "im:resource", instead: ["im:resource:upload"])]
        ),
        Capability(
            purpose: "greeting groups, knowing their names",
            permissions: [
                .init(name: "im:chat:readonly", instead: ["im:chat", "im:chat:read"]),
                .init(name: "im:chat.members:bot_access", instead: ["im:chat", "im:chat:readonly"]),
            ]
        ),
        Capability(
            purpose: "names of speakers in groups",
            permissions: [contacts, .init(name: "contact:user.base:readonly", instead: ["contact:contact:readonly"])]
        ),
        Capability(
            purpose: "lists of departments that may use it",
            permissions: [
                contacts, .init(name: "contact:user.department:readonly", instead: ["contact:contact:readonly"]),
            ],
            uses: .departments
        ),
        Capability(
            purpose: "tasks for action items of minutes, and those that rules create",
            permissions: [.init(name: "task:task:writeonly", instead: ["task:task:write"])]
        ),
        Capability(
            purpose: "approvals as triggers of rules",
            permissions: [.init(name: "approval:approval:readonly", instead: ["approval:approval"])],
            uses: .approvals
        ),
        Capability(
            purpose: "minutes of a link to a recording",
            permissions: [
                .init(
                    name: "minutes:minutes.basic:read",
                    instead: ["minutes:minutes", "minutes:minutes:readonly"]
                ),
                .init(name: "minutes:minutes.transcript:export"),
            ]
        ),
        Capability(
            purpose: "knowing who may read a recording",
            permissions: [.init(name: "docs:permission.member:retrieve", instead: ["drive:drive"])]
        ),
        Capability(
            purpose: "minutes after meetings",
            permissions: [
                .init(name: "vc:meeting.all_meeting:readonly"),
                .init(name: "vc:record:readonly", instead: ["vc:record"]),
                .init(name: "vc:meeting:readonly", instead: ["vc:meeting", "vc:meeting.meetingevent:read"]),
            ]
        ),
        Capability(
            purpose: "documents of minutes",
            permissions: [.init(name: "docx:document"), .init(name: "docx:document.block:convert")],
            uses: .documents
        ),
        Capability(
            purpose: "sharing documents of minutes",
            permissions: [.init(name: "docs:permission.member:create", instead: ["drive:drive"])],
            uses: .documents
        ),
        Capability(purpose: "the doctor's look at events and callbacks", permissions: [ownApplication]),
    ]

    private static let contacts = Permission(
        name: "contact:contact.base:readonly",
        instead: ["contact:contact:readonly_as_app", "contact:contact:readonly"]
    )
    static let ownApplication = Permission(
        name: "application:application:self_manage",
        instead: ["admin:app.info:readonly"]
    )
}

extension Capability.Uses {
    /// What the configuration and its rules ask for.
    init(_ settings: Configuration.Assistant, _ minutes: Configuration.Minutes, _ rules: Rules) {
        self = minutes.documents ? [.documents] : []
        let policies = [settings.groupPolicy] + settings.profiles.compactMap(\.groupPolicy)
        if policies.contains(where: ["always", "keyword"].contains) { insert(.everyGroupMessage) }
        let departments = [settings.allowedDepartments] + settings.profiles.compactMap(\.allowedDepartments)
        if departments.contains(where: { !$0.isEmpty }) { insert(.departments) }
        for rule in rules.rules {
            if case .event(let type, _) = rule.trigger, type.hasPrefix("approval") { insert(.approvals) }
            for step in rule.steps {
                switch step {
                case .digest: insert(.everyGroupMessage)
                case .say, .ask, .task: break
                }
            }
        }
    }
}
