import Assistant
import Feishu

/// Events and callbacks that an app subscribes to in the developer console, as docs/feishu.md lists them.
struct Subscription: Sendable {
    let purpose: String
    /// All of them.
    let types: [String]
    var isCallback = false
    /// Whether nothing works without it.
    var isNeeded = false

    static let all = [
        Subscription(purpose: "messages", types: [EventType.messageReceived], isNeeded: true),
        Subscription(purpose: "messages that are taken back", types: [EventType.messageRecalled]),
        Subscription(purpose: "emoji as feedback", types: ["im.message.reaction.created_v1"]),
        Subscription(
            purpose: "greeting groups, forgetting them",
            types: ["im.chat.member.bot.added_v1", "im.chat.member.bot.deleted_v1", "im.chat.disbanded_v1"]
        ),
        Subscription(purpose: "greeting people", types: ["im.chat.access_event.bot_p2p_chat_entered_v1"]),
        Subscription(purpose: "the bot's menu", types: ["application.bot.menu_v6"]),
        Subscription(purpose: "minutes after meetings", types: ["vc.meeting.all_meeting_ended_v1"]),
        Subscription(purpose: "buttons", types: [EventType.cardAction], isCallback: true),
    ]

    /// What the rules wait for that is not in `all`.
    static func of(_ rules: Rules, app: String) -> [Subscription] {
        let known = Set(all.flatMap(\.types))
        return rules.rules.compactMap { rule in
            guard case .event(let type, _) = rule.trigger, rule.appID ?? app == app, !known.contains(type) else {
                return nil
            }
            return Subscription(purpose: "the rule \(rule.name)", types: [type])
        }
    }
}
