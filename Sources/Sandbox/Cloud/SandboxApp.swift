package import Cryptography

/// The app (bot) as the developer console would show it.
package struct SandboxApp: Sendable {
    /// `cli_` and 16 hexadecimal digits.
    package var id: String
    /// What the app shows to get a token.
    package var secret: Secret
    /// Key events are encrypted and signed with; nil sends them in clear and unsigned.
    package var encryptKey: Secret?
    /// Repeated in each event, so that the receiver knows who speaks.
    package var verificationToken: Secret
    /// The bot's name in chats.
    package var name: String
    /// Where its events go, if not where those of the configuration do.
    package var eventURL: String?
    /// Where clicks on its cards go, if not where its events do; an empty text stands for "none set" in the console.
    package var callbackURL: String?
    /// The items of the menu in private chats with its bot.
    package var menu: [MenuItem]
    /// What the console granted it (interface specification, section 10).
    package var scopes: Set<String>
    /// The events and callbacks it subscribed to in the console, which `application` interfaces tell. Only approvals
    /// and meetings look at it: everything else is pushed to whom it concerns.
    package var events: Set<String> = Self.usualEvents
    package var callbacks: Set<String> = ["card.action.trigger"]

    package static let usualEvents: Set<String> = [
        "im.message.receive_v1", "im.message.recalled_v1", "im.message.message_read_v1",
        "im.message.reaction.created_v1", "im.message.reaction.deleted_v1", "im.chat.member.bot.added_v1",
        "im.chat.member.bot.deleted_v1", "im.chat.member.user.added_v1", "im.chat.member.user.deleted_v1",
        "im.chat.updated_v1", "im.chat.disbanded_v1", "im.chat.access_event.bot_p2p_chat_entered_v1",
        "p2p_chat_create", "application.bot.menu_v6", "approval_instance", "vc.meeting.all_meeting_ended_v1",
        "vc.meeting.meeting_ended_v1", "vc.meeting.recording_ready_v1", "vc.meeting.participant_meeting_ended_v1",
        "minutes.minute.generated_v1",
    ]

    package init(
        id: String = "cli_5a4d0b0c8f2e1a37",
        secret: Secret = Secret("sandbox-app-secret"),
        encryptKey: Secret? = Secret("sandbox-encrypt-key"),
        verificationToken: Secret = Secret("sandbox-verification-token"),
        name: String = "AI Assistant",
        eventURL: String? = nil,
        callbackURL: String? = nil,
        menu: [MenuItem] = MenuItem.usual,
        scopes: Set<String> = Scopes.usual
    ) {
        self.id = id
        self.secret = secret
        self.encryptKey = encryptKey
        self.verificationToken = verificationToken
        self.name = name
        self.eventURL = eventURL
        self.callbackURL = callbackURL
        self.menu = menu
        self.scopes = scopes
    }
}

/// An item of a bot's menu that is told to it as `application.bot.menu_v6`.
package struct MenuItem: Sendable, Equatable {
    /// The `event_key`, 1 to 30 characters.
    package let key: String
    package let chinese: String
    package let english: String

    package init(key: String, chinese: String, english: String) {
        self.key = key
        self.chinese = chinese
        self.english = english
    }

    package static let usual = [
        MenuItem(key: "new", chinese: "新对话", english: "New conversation"),
        MenuItem(key: "help", chinese: "帮助", english: "Help"),
    ]
}
